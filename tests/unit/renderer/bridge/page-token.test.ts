import { expect, test } from 'vitest';
import { takePageToken } from '../../../../renderer/bridge/page-token.ts';

const page = (hash: string, kept: Record<string, string> = {}) => {
  const replaced: unknown[] = [];
  return {
    replaced,
    kept,
    location: { hash, pathname: '/', search: '' },
    history: { replaceState: (_: unknown, __: string, url: string) => replaced.push(url) },
    sessionStorage: {
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, value: string) => {
        kept[key] = value;
      },
    },
  };
};
const take = (from: ReturnType<typeof page>) => takePageToken(from as unknown as Window);

test('the token is taken out of the address bar and kept for a reload', () => {
  const first = page('#token=abc');
  expect(take(first)).toBe('abc');
  expect(first.replaced).toEqual(['/']);
  expect(take(page('', first.kept))).toBe('abc');
});

test('without a token there is none', () => {
  expect(take(page(''))).toBeUndefined();
  expect(take(page('#token='))).toBeUndefined();
});
