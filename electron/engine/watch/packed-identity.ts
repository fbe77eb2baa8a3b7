/**
 * The identity of a version as it is held in memory, for a folder may have a hundred thousand: a text of 64 characters for the two
 * digests, a byte each, and the four places behind them. A third of its JSON.
 */
import type { ContentIdentity } from '../read/tail-protocol.ts';

const digestBytes = 32;

export function packIdentity({ head, tail }: ContentIdentity): string {
  const places = [head.from, head.to, tail.from, tail.to].map((place) => place.toString(36)).join(' ');
  // By way of bytes, so that it is one flat text and not the parts it was made of.
  const digests = Buffer.from(head.digest + tail.digest, 'hex');
  return Buffer.concat([digests, Buffer.from(places, 'latin1')]).toString('latin1');
}

export function unpackIdentity(packed: string): ContentIdentity {
  const digest = (from: number): string => Buffer.from(packed.slice(from, from + digestBytes), 'latin1').toString('hex');
  const [headFrom = 0, headTo = 0, tailFrom = 0, tailTo = 0] = packed
    .slice(2 * digestBytes)
    .split(' ')
    .map((place) => Number.parseInt(place, 36));
  return {
    head: { from: headFrom, to: headTo, digest: digest(0) },
    tail: { from: tailFrom, to: tailTo, digest: digest(digestBytes) },
  };
}
