import { expect, it } from 'vitest';
import { connectionChangeSchema, connectionInputSchema } from '../../../shared/contract/connections.ts';

const endpoint = { name: 'Plant', root: 'https://api.fineo.io' };

it('a limit that a change leaves out is not given its default', () => {
  expect(connectionChangeSchema.parse({ id: 'c1', ...endpoint }).limits).toEqual({});
  expect(connectionChangeSchema.parse({ id: 'c1', ...endpoint, limits: { burst: 3 } }).limits).toEqual({ burst: 3 });
});

it('a limit out of bounds is refused', () => {
  const secrets = { apiKey: 'k', accessKeyId: 'a', secretAccessKey: 's' };
  expect(connectionInputSchema.safeParse({ ...endpoint, secrets, limits: { maxStreamEvents: 501 } }).success).toBe(false);
});
