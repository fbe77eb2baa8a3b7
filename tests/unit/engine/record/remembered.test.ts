import { expect, it } from 'vitest';
import { remembered } from '../../../../electron/engine/record/remembered.ts';

it('parses a text once, and another text anew', () => {
  const parsed: string[] = [];
  const parse = remembered((text) => {
    parsed.push(text);
    return { text };
  });
  expect(parse('one')).toBe(parse('one'));
  expect(parse('two')).toEqual({ text: 'two' });
  expect(parsed).toEqual(['one', 'two']);
});

it('keeps no more than a few hundred', () => {
  let count = 0;
  const parse = remembered(() => (count += 1));
  for (let text = 0; text < 1_000; text += 1) parse(String(text));
  parse('0');
  expect(count).toBe(1_001);
});
