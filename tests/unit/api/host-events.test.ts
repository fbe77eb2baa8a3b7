import { describe, expect, it } from 'vitest';
import type { HostEvent } from '../../../shared/contract/contract.ts';
import { channelPair } from '../../fakes/channel-pair.ts';
import { fakeTransfer } from '../../fakes/fake-data.ts';
import { hosted, type Hosted } from '../../fakes/hosted.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const eventsOf = ({ responses }: Hosted): readonly HostEvent[] =>
  responses().flatMap((response) => (response.kind === 'event' ? [response.event] : []));

describe('events of the host', () => {
  it('carry one revision after the other, whatever they are about', async () => {
    const all = hosted();
    all.engine.tell({ kind: 'notice', notice: { code: 'journal-corrupt', message: 'kept aside', context: {} } });
    all.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'a' }) });
    await turn();
    all.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'b' }) });
    await turn();
    expect(eventsOf(all).map(({ kind, revision }) => [kind, revision])).toEqual([
      ['notice', 1],
      ['transfer', 2],
      ['transfer', 3],
    ]);
  });

  it('of one transfer in one turn become the newest; no transfer is lost by that', async () => {
    const all = hosted();
    for (const requests of [1, 2, 3]) {
      all.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'a', requests }) });
      all.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'b', requests }) });
    }
    await turn();
    expect(eventsOf(all)).toMatchObject([{ transfer: { id: 'a', requests: 3 } }, { transfer: { id: 'b', requests: 3 } }]);
  });

  it('that are pending go out before a snapshot, so that a client is never set back', async () => {
    const all = hosted();
    all.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'a' }) });
    const answer = await all.ask('state.snapshot');
    expect(answer).toMatchObject({ output: { revision: 1 } });
    await turn();
    expect(eventsOf(all)).toHaveLength(1);
  });

  it('reach every client, and none that has gone', async () => {
    const all = hosted();
    const other = channelPair();
    all.host.connect(other.host);
    all.client.close();
    all.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'a' }) });
    await turn();
    expect(all.client.received).toHaveLength(0);
    expect(other.received).toHaveLength(1);
  });

  it('end with the host, and so do its channels', async () => {
    const all = hosted();
    all.host.dispose();
    all.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'a' }) });
    await turn();
    expect(all.client.isClosed).toBe(true);
    expect(all.client.received).toHaveLength(0);
  });
});
