/** The named formats of `java.time.format.DateTimeFormatter` that the service knows. Source: fineo-api.md, "Timestamp patterns". */
import { dayNames, literal, monthNames, number, short, text } from './timestamp-pattern.ts';
import { field, type Step } from './timestamp-steps.ts';
import type { OffsetForm } from './timestamp-zone.ts';

const optional = (...steps: readonly Step[]): Step => ({ kind: 'optional', steps });
const offsetId = (form: OffsetForm, zero = 'Z'): Step => ({ kind: 'offset', form, zero, anyCase: true });
const fraction: Step = { kind: 'fraction', min: 0, max: 9, point: true };

const date: readonly Step[] = [
  number(field.year, 4, 10, 'exceedsPad'),
  ...literal('-'),
  number(field.month, 2, 2, 'never'),
  ...literal('-'),
  number(field.day, 2, 2, 'never'),
];
const hoursAndMinutes: readonly Step[] = [number(field.hour, 2, 2, 'never'), ...literal(':'), number(field.minute, 2, 2, 'never')];
const seconds: readonly Step[] = [...literal(':'), number(field.second, 2, 2, 'never')];
const dateTime: readonly Step[] = [...date, ...literal('T', true), ...hoursAndMinutes, optional(...seconds, fraction)];
const zoneInBrackets = optional(...literal('['), { kind: 'zone' }, ...literal(']'));
const rfcClock: readonly Step[] = [number(field.hour, 1, 2, 'never'), ...literal(':'), number(field.minute, 1, 2, 'never')];

export const namedFormats: ReadonlyMap<string, readonly Step[]> = new Map<string, readonly Step[]>([
  ['ISO_DATE_TIME', [...dateTime, optional(offsetId('+HH:MM:ss'), zoneInBrackets)]],
  // Java reads the offset of these two leniently: minutes may be missing.
  ['ISO_OFFSET_DATE_TIME', [...dateTime, offsetId('+HH:mm:ss')]],
  ['ISO_ZONED_DATE_TIME', [...dateTime, offsetId('+HH:mm:ss'), zoneInBrackets]],
  ['ISO_INSTANT', [...date, ...literal('T', true), ...hoursAndMinutes, ...seconds, fraction, offsetId('+HH:MM:ss')]],
  [
    'RFC_1123_DATE_TIME',
    [
      optional(text(field.dayOfWeek, short(dayNames), 1, true), ...literal(', ')),
      number(field.day, 1, 2, 'never'),
      ...literal(' '),
      text(field.month, short(monthNames), 1, true),
      ...literal(' '),
      number(field.year, 4, 4, 'never'),
      ...literal(' '),
      ...rfcClock,
      optional(...literal(':'), number(field.second, 1, 2, 'never')),
      ...literal(' '),
      offsetId('+HHmmss', 'GMT'),
    ],
  ],
]);
