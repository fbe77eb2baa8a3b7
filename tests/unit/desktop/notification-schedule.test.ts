import { beforeEach, describe, expect, it } from 'vitest';
import type { News } from '../../../electron/desktop/engine-messages.ts';
import {
  createNotificationSchedule,
  type NotificationSchedule,
  type NotificationText,
} from '../../../electron/desktop/notification-schedule.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';

let clock: ManualClock;
let shown: NotificationText[];
let schedule: NotificationSchedule;
beforeEach(() => {
  clock = new ManualClock();
  shown = [];
  schedule = createNotificationSchedule(clock, (text) => void shown.push(text));
});

const uploaded = (files: number, name: string): News => ({ kind: 'news', about: 'uploaded', files, name });
const trouble = (key: string): News => ({ kind: 'news', about: 'trouble', key, code: 'rows-at-risk', subject: 'a.csv', detail: '40 rows' });
const titles = (): readonly string[] => shown.map(({ title }) => title);

describe('notifications', () => {
  it('group what was uploaded together', async () => {
    schedule.take(uploaded(1, 'a.csv'));
    schedule.take(uploaded(2, 'c.csv'));
    await clock.advance(3_000);
    expect(shown).toEqual([{ title: '3 files uploaded', body: 'The last one: c.csv', urgent: false }]);
  });

  it('of uploads come once a minute at the most, and none is lost', async () => {
    for (let second = 0; second < 125; second += 1) {
      schedule.take(uploaded(1, 'a.csv'));
      await clock.advance(1_000);
    }
    await clock.advance(60_000);
    expect(titles()).toEqual(['3 files uploaded', '60 files uploaded', '60 files uploaded', '2 files uploaded']);
  });

  it('name a single file', async () => {
    schedule.take(uploaded(1, 'a.csv'));
    await clock.advance(3_000);
    expect(shown).toEqual([{ title: '1 file uploaded', body: 'a.csv', urgent: false }]);
  });

  it('of troubles come at once, each once, with what to do', () => {
    schedule.take(trouble('one'));
    schedule.take(trouble('one'));
    schedule.take(trouble('two'));
    expect(titles()).toEqual(['Rows were gone before they could be read', 'Rows were gone before they could be read']);
    expect(shown[0]?.body).toMatch(/^a\.csv: 40 rows\n.*upload it/);
  });

  it('tell of the same trouble again when it has come back much later', async () => {
    schedule.take(trouble('one'));
    await clock.advance(600_000);
    schedule.take(trouble('one'));
    expect(shown).toHaveLength(2);
  });

  it('do not come after the end', async () => {
    schedule.take(uploaded(1, 'a.csv'));
    await schedule.dispose();
    await clock.advance(60_000);
    expect(shown).toEqual([]);
  });
});
