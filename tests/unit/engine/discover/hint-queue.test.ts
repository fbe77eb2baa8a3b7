import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HintQueue } from '../../../../electron/engine/discover/hint-queue.ts';
import type { WatchHint } from '../../../../electron/engine/discover/watch-source.ts';

async function given(hints: readonly WatchHint[]): Promise<readonly WatchHint[]> {
  const out: WatchHint[] = [];
  const queue = new HintQueue((hint) => out.push(hint));
  for (const hint of hints) queue.add(hint);
  await nextTurn();
  await nextTurn();
  return out;
}

describe('hints of one moment', () => {
  it('are one for each file', async () => {
    const file: WatchHint = { kind: 'file', path: 'a' };
    expect(await given([file, { kind: 'file', path: 'b' }, file])).toEqual([file, { kind: 'file', path: 'b' }]);
  });

  it('leave out what a wider one covers, and only that', async () => {
    const hints: readonly WatchHint[] = [
      { kind: 'file', path: 'x/1' },
      { kind: 'file', path: 'xy/2' },
      { kind: 'directory', path: 'x/y' },
      { kind: 'directory', path: 'x' },
    ];
    expect(await given(hints)).toEqual([
      { kind: 'directory', path: 'x' },
      { kind: 'file', path: 'xy/2' },
    ]);
    expect(await given([...hints, { kind: 'everything' }])).toEqual([{ kind: 'everything' }]);
    expect(await given([{ kind: 'directory', path: '' }])).toEqual([{ kind: 'everything' }]);
  });

  it('come again for what changes after one was given', async () => {
    let count = 0;
    const queue = new HintQueue(() => {
      count += 1;
      if (count === 1) queue.add({ kind: 'file', path: 'a' });
    });
    queue.add({ kind: 'file', path: 'a' });
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    expect(count).toBe(2);
  });
});
