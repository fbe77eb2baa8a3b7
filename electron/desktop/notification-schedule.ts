import { errorTexts } from '../../shared/model/error-texts.ts';
import type { Clock, Disposable } from '../engine/ports.ts';
import type { News } from './engine-messages.ts';

export interface NotificationText {
  readonly title: string;
  readonly body: string;
  /** It is about something that somebody has to do. */
  readonly urgent: boolean;
}

export interface NotificationSchedule extends Disposable {
  take(news: News): void;
}

/** Uploads are gathered for so long before the first notification, */
const gatherMs = 3_000;
/** and there is at most one of them in so long. */
const everyMs = 60_000;
/** The same trouble is not told again within so long: an engine that was started anew finds it anew. */
const repeatMs = 600_000;

/** Decides which notification is shown when. Troubles at once, each once; uploads gathered, at most one a minute. */
export function createNotificationSchedule(clock: Clock, show: (text: NotificationText) => void): NotificationSchedule {
  const ending = new AbortController();
  const told = new Map<string, number>();
  let gathered: { files: number; name: string } | undefined;
  let shownAt = -Infinity;

  const showGathered = async (): Promise<void> => {
    await clock.sleep(Math.max(gatherMs, shownAt + everyMs - clock.monotonic()), ending.signal);
    if (ending.signal.aborted || gathered === undefined) return;
    const { files, name } = gathered;
    gathered = undefined;
    shownAt = clock.monotonic();
    show({
      title: files === 1 ? '1 file uploaded' : `${files.toLocaleString('en-US')} files uploaded`,
      body: bodyOf(files, name),
      urgent: false,
    });
  };

  return {
    take: (news) => {
      if (news.about === 'uploaded') {
        const isFirst = gathered === undefined;
        gathered = { files: (gathered?.files ?? 0) + news.files, name: news.name };
        if (isFirst) void showGathered();
        return;
      }
      const before = told.get(news.key);
      const now = clock.monotonic();
      if (before !== undefined && now - before < repeatMs) return;
      told.set(news.key, now);
      const { title, whatToDo } = errorTexts[news.code];
      show({ title, body: `${news.subject}: ${news.detail}\n${whatToDo}`, urgent: true });
    },
    dispose: () => ending.abort(),
  };
}

const bodyOf = (files: number, name: string): string => (files === 1 ? name : `The last one: ${name}`);
