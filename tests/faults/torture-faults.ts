/** What the service does wrong, differently every few seconds. */
import { faultSchema, type Fault } from '../../shared/contract/sandbox.ts';
import type { Route } from '../../shared/model/route.ts';
import type { Seeded } from '../fakes/seeded.ts';

type Draw = (random: Seeded) => Omit<Fault, 'path'>;

const draws: Readonly<Record<string, Draw>> = {
  'too many requests': (random) => ({
    kind: 'status',
    status: 429,
    rate: random.between(1, 5) / 10,
    ...(random.chance(0.5) ? { retryAfterSeconds: random.between(0, 1) } : {}),
  }),
  'internal error': (random) => ({ kind: 'status', status: random.chance(0.5) ? 500 : 503, rate: random.between(1, 4) / 10 }),
  reset: (random) => ({ kind: 'reset', rate: random.between(1, 3) / 10 }),
  hang: (random) => ({ kind: 'hang', rate: random.between(2, 8) / 100 }),
  'applied and not answered': (random) => ({
    kind: 'apply-then-time-out',
    delayMs: random.between(0, 300),
    rate: random.between(1, 3) / 10,
  }),
  'applied and answered with 504': (random) => ({ kind: 'apply-then-time-out', status: 504, rate: random.between(1, 2) / 10 }),
  slow: (random) => ({ kind: 'latency', delayMs: random.between(20, 300), rate: 0.5 }),
  'in part': (random) => ({ kind: 'partial', records: random.between(1, 50), rate: random.between(1, 4) / 10 }),
};

/** Up to three at once, or for a while none. Only writes are disturbed. */
export function drawFaults(random: Seeded, route: Route): readonly Fault[] {
  if (random.chance(0.2)) return [];
  const names = Object.keys(draws).filter((name) => route === 'stream' || name !== 'in part');
  const chosen = new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(names) ?? 'reset'));
  const path = route === 'stream' ? '/stream/event' : '/upload/data/';
  return [...chosen].flatMap((name) => {
    const draw = draws[name];
    return draw === undefined ? [] : [faultSchema.parse({ ...draw(random), path })];
  });
}
