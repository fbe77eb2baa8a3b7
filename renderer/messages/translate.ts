import { errorTexts } from '../../shared/model/error-texts.ts';
import type { ErrorText } from '../../shared/model/error-text.ts';
import type { ErrorCode } from '../../shared/error-codes.ts';
import { formatCount } from '../format/quantity.ts';
import { en } from './en.ts';

export type MessageKey = keyof typeof en;
/** Keys of texts that depend on a number: `<key>.one` and `<key>.other` exist. */
export type PluralKey = {
  [K in MessageKey]: K extends `${infer Base}.other` ? (`${Base}.one` extends MessageKey ? Base : never) : never;
}[MessageKey];

export type MessageValues = Readonly<Record<string, string | number>>;

const fill = (text: string, values: MessageValues): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? formatCount(value) : value;
  });

/** The text of a key, `{name}` replaced by the value of that name; numbers as the locale writes them. */
export const t = (key: MessageKey, values: MessageValues = {}): string => fill(en[key], values);

const plurals = new Intl.PluralRules('en');

/** The text for a number of things; `{count}` is the number. */
export const tn = (key: PluralKey, count: number, values: MessageValues = {}): string => {
  const form: string = `${key}.${plurals.select(count) === 'one' ? 'one' : 'other'}`;
  return fill(en[form as MessageKey], { count, ...values });
};

export const errorText = (code: ErrorCode): ErrorText => errorTexts[code];
