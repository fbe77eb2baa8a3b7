import { describe, expect, it } from 'vitest';
import { watchNetwork } from '../../../electron/desktop/network-watch.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';

describe('the network', () => {
  it('that is back is told once, and not that it is there', async () => {
    const clock = new ManualClock();
    const ending = new AbortController();
    let online = true;
    let told = 0;
    const watching = watchNetwork(
      clock,
      () => online,
      () => (told += 1),
      ending.signal,
    );
    await clock.advance(20_000);
    expect(told).toBe(0);
    online = false;
    await clock.advance(20_000);
    online = true;
    await clock.advance(20_000);
    expect(told).toBe(1);
    online = false;
    await clock.advance(5_000);
    online = true;
    ending.abort();
    await watching;
    expect(told).toBe(1);
  });
});
