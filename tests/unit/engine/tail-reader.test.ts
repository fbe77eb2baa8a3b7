import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../../shared/contract/common.ts';
import { TailReader, type TailHandlers } from '../../../electron/engine/tail-reader.ts';
import type { TailOutcome } from '../../../electron/engine/read/tail-protocol.ts';
import { testFolder } from './read/texts.ts';
import { settingsOf, targetOf } from './tails.ts';

const folder = testFolder();
const workerPath = folder.write('tail-worker.cjs', '');
const header = 'timestamp,a\n';

beforeAll(async () => {
  const entry = path.resolve(import.meta.dirname, '../../../electron/engine/tail-worker.ts');
  await build({ entryPoints: [entry], outfile: workerPath, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
});
afterAll(() => folder.remove());

/** Collects what a session tells; `until` resolves when what was told is enough. */
function collector() {
  const told = { texts: [] as string[], outcomes: [] as TailOutcome[], formats: 0, drained: [] as number[], failures: [] as Failure[] };
  let waiting: { readonly when: () => boolean; readonly resolve: () => void } | undefined;
  const check = (): void => {
    if (waiting?.when() === true) waiting.resolve();
  };
  const handlers: TailHandlers = {
    onFormat: () => (told.formats += 1),
    onBody: ({ payload, sent }) => {
      told.texts.push(Buffer.from(payload.bytes).toString());
      sent();
      check();
    },
    onLooked: (_, outcome) => {
      told.outcomes.push(outcome);
      check();
    },
    onDrained: (gathered) => {
      told.drained.push(gathered);
      check();
    },
    onFailed: (failure) => {
      told.failures.push(failure);
      check();
    },
  };
  const until = (when: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting = { when, resolve };
      check();
    });
  return { told, handlers, until };
}

describe('the thread that reads files that grow', () => {
  it('tells bodies in memory that is used again, for several folders, and ends with the last one', async () => {
    const reader = new TailReader(workerPath);
    const files = ['a', 'b'].map((name) => folder.write(name, `${header}1700000000000,${name}\n`));
    const sessions = files.map((file) => {
      const found = collector();
      const session = reader.open(settingsOf(), found.handlers);
      session.flush();
      session.look([targetOf(file)]);
      return { ...found, session };
    });
    for (const [at, { told, until, session }] of sessions.entries()) {
      await until(() => told.texts.length === 1 && told.drained.at(-1) === 0);
      expect(told.texts[0]).toContain(`"a":"${at === 0 ? 'a' : 'b'}"`);
      expect(told).toMatchObject({ formats: 1, outcomes: [{ kind: 'at-end', openBytes: 0 }], failures: [] });
      await session.close();
      session.look([targetOf(files[at] ?? '')]);
    }
    const again = collector();
    const file = files[0] ?? '';
    const session = reader.open(settingsOf(), again.handlers);
    appendFileSync(file, '1700000000001,c\n');
    session.look([targetOf(file)]);
    await again.until(() => again.told.drained.length === 1);
    expect(again.told.drained).toEqual([2]);
    await reader.dispose();
  });

  it('says to every session when it cannot be started, and closes all the same', async () => {
    const reader = new TailReader(`${workerPath}.missing`);
    const { told, handlers, until } = collector();
    const session = reader.open(settingsOf(), handlers);
    await until(() => told.failures.length === 1);
    expect(told.failures).toMatchObject([{ code: 'internal' }]);
    await session.close();
  });
});
