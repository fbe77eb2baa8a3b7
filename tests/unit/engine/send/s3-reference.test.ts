import { describe, expect, it } from 'vitest';
import { createConnectionLane } from '../../../../electron/engine/send/connection-lane.ts';
import { awaitReceived, referObject } from '../../../../electron/engine/send/s3-reference.ts';
import { cutParts } from '../../../../electron/engine/send/s3-parts.ts';
import { signRequest } from '../../../../electron/engine/sign/sign-request.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { answered, ScriptedTransport, unsent, type Reply } from '../../../fakes/scripted-transport.ts';

const start = Date.UTC(2024, 0, 15, 12);
const at = (ms: number): string => new Date(start + ms).toUTCString();

function referenceOf(...script: readonly Reply[]) {
  const transport = new ScriptedTransport(...script);
  const clock = new ManualClock(start);
  const credentials = { apiKey: 'key', accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  const ports = { transport, clock, random: () => 0.5, sign: signRequest, credentials: { get: async () => Promise.resolve(credentials) } };
  const reference = {
    ...{ url: 's3://rows/ä b.csv.gz', connectionId: 'c', signal: new AbortController().signal },
    endpoint: { root: 'https://api.example', stage: 'v1', region: 'us-east-1' },
    lane: createConnectionLane({ requestsPerSecond: 1_000, burst: 1_000, bytesPerSecond: null, timetable: [] }, clock),
  };
  return {
    transport,
    refer: () => clock.run(referObject(reference, ports)),
    wait: (since: number, pollForMs?: number) => clock.run(awaitReceived({ ...reference, pollForMs }, since, ports)),
  };
}

describe('the reference to an object', () => {
  it('names it to the service, again when the service fails', async () => {
    const { transport, refer } = referenceOf(unsent(), answered(500, { message: 'x' }), answered(200, {}, { date: at(0) }));
    expect(await refer()).toBe(start);
    expect(transport.requests).toHaveLength(3);
    expect(transport.requests[2]).toMatchObject({ method: 'POST', path: '/batch/v1/batch/upload/file' });
    expect(JSON.parse(Buffer.from(transport.requests[2]?.body ?? []).toString())).toEqual({ filePath: 's3://rows/ä b.csv.gz' });
  });

  it('that the service refuses is said with its own words', async () => {
    const { refer } = referenceOf(answered(400, { message: 'cannot be read there' }));
    await expect(refer()).rejects.toMatchObject({ code: 'reference-refused', message: 'cannot be read there' });
  });

  it('is followed, with growing pauses, until the service has received the object', async () => {
    const { transport, wait } = referenceOf(answered(404), answered(404), unsent(), answered(200, {}, { timestamp: at(4_000) }));
    expect(await wait(start)).toBe('received 2024-01-15T12:00:04.000Z');
    expect(transport.requests.map(({ path }) => path)[0]).toBe('/batch/v1/batch/status/s3%3A%2F%2Frows%2F%C3%A4%20b.csv.gz');
  });

  it('is not taken as received by what the service received under the same key before', async () => {
    const { transport, wait } = referenceOf(answered(200, {}, { timestamp: at(-60_000) }), answered(200, {}, { timestamp: at(1_000) }));
    await wait(start);
    expect(transport.requests).toHaveLength(2);
  });

  it('that stays without an answer is left to a later run', async () => {
    const { wait } = referenceOf(answered(404));
    await expect(wait(start, 60_000)).rejects.toMatchObject({ code: 'reference-unanswered' });
  });
});

describe('the parts of a stream', () => {
  async function* pieces(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
    for (const [index, size] of sizes.entries()) yield await Promise.resolve(Buffer.alloc(size, index));
  }
  async function cut(partBytes: number, ...sizes: readonly number[]): Promise<readonly string[]> {
    const parts: string[] = [];
    for await (const part of cutParts(pieces(...sizes), partBytes, 2)) {
      parts.push(`${part.number}:${part.bytes.length}${part.isLast ? ' last' : ''}`);
      part.release();
    }
    return parts;
  }

  it('have one size but the last, and it is known which is the last', async () => {
    expect(await cut(10, 4, 4, 4, 13)).toEqual(['1:10', '2:10', '3:5 last']);
    expect(await cut(10, 10, 10)).toEqual(['1:10', '2:10 last']);
    expect(await cut(10, 3)).toEqual(['1:3 last']);
    expect(await cut(10)).toEqual(['1:0 last']);
  });

  it('wait for memory that is in use', async () => {
    const parts = cutParts(pieces(100), 10, 2);
    const first = await parts.next();
    await parts.next();
    let isThere = false;
    const third = parts.next().then(() => (isThere = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isThere).toBe(false);
    if (first.done !== true) first.value.release();
    await third;
    expect(isThere).toBe(true);
    await parts.return();
  });
});
