import { beforeAll, expect, test, vi } from 'vitest';
import { errorCodes } from '../../../../shared/error-codes.ts';
import { errorTexts } from '../../../../shared/model/error-texts.ts';
import { en } from '../../../../renderer/messages/en.ts';
import { errorText, t, tn } from '../../../../renderer/messages/translate.ts';

beforeAll(() => void vi.stubGlobal('navigator', { language: 'en-US' }));

test('every code tells a person what happened, why, and what to do', () => {
  expect(Object.keys(errorTexts).sort()).toEqual([...errorCodes].sort());
  for (const code of errorCodes) {
    const { title, why, whatToDo } = errorText(code);
    expect(title, code).not.toMatch(/[.!]$/);
    expect(why, code).toMatch(/[.]$/);
    expect(whatToDo.length, code).toBeGreaterThan(10);
  }
});

test('no two codes share a title, so that a person can tell them apart', () => {
  const titles = errorCodes.map((code) => errorText(code).title);
  expect(new Set(titles).size).toBe(titles.length);
});

test('values are put into texts, numbers as the locale writes them', () => {
  expect(t('page.range', { from: 1, to: 100, total: 1_461 })).toBe('1–100 of 1,461');
  expect([tn('rows', 1), tn('rows', 0), tn('rows', 1_461)]).toEqual(['1 row', '0 rows', '1,461 rows']);
});

test('a text that depends on a number has both its forms', () => {
  for (const key of Object.keys(en)) {
    if (key.endsWith('.one')) expect(en).toHaveProperty([key.replace(/\.one$/, '.other')]);
  }
});
