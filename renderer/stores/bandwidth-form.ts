import type { Limits, TimetableEntry } from '../../shared/contract/connections.ts';

const bytesPerMegabyte = 1_000_000;
const leastBytesPerSecond = 1_000;

/** A line of the timetable while a person edits it. `megabytes` counts only where it is limited. */
export interface TimetableLine {
  days: number[];
  from: string;
  to: string;
  sends: 'nothing' | 'limited' | 'unlimited';
  megabytes: string;
}

/** The bandwidth of a connection; empty: as much as goes. */
export interface BandwidthForm {
  megabytes: string;
  lines: TimetableLine[];
}

const textOf = (bytesPerSecond: number | null): string => (bytesPerSecond === null ? '' : String(bytesPerSecond / bytesPerMegabyte));

const lineOf = (entry: TimetableEntry): TimetableLine => ({
  days: [...entry.days],
  from: entry.from,
  to: entry.to,
  sends: entry.bytesPerSecond === null ? 'unlimited' : entry.bytesPerSecond === 0 ? 'nothing' : 'limited',
  megabytes: entry.bytesPerSecond === 0 ? '' : textOf(entry.bytesPerSecond),
});

export const bandwidthFormOf = (limits: Pick<Limits, 'bytesPerSecond' | 'timetable'> | undefined): BandwidthForm => ({
  megabytes: textOf(limits?.bytesPerSecond ?? null),
  lines: limits?.timetable.map(lineOf) ?? [],
});

/** Working hours of a working week, slowed down: what people set most. */
export const newLine = (): TimetableLine => ({ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00', sends: 'limited', megabytes: '1' });

const bytesOf = (megabytes: string): number => Math.round(Number(megabytes) * bytesPerMegabyte);

const isRate = (megabytes: string): boolean => Number.isFinite(Number(megabytes)) && bytesOf(megabytes) >= leastBytesPerSecond;

export type LineProblem = 'days' | 'rate';

export const lineProblem = (line: TimetableLine): LineProblem | undefined => {
  if (line.days.length === 0) return 'days';
  return line.sends === 'limited' && !isRate(line.megabytes) ? 'rate' : undefined;
};

export const isRateWrong = (form: BandwidthForm): boolean => form.megabytes.trim() !== '' && !isRate(form.megabytes);

export const hasBandwidthProblem = (form: BandwidthForm): boolean =>
  isRateWrong(form) || form.lines.some((line) => lineProblem(line) !== undefined);

/** At or before its beginning an end means the next day. */
export const goesPastMidnight = ({ from, to }: Pick<TimetableLine, 'from' | 'to'>): boolean => to <= from;

const sentBy = ({ sends, megabytes }: TimetableLine): number | null => {
  if (sends === 'unlimited') return null;
  return sends === 'nothing' ? 0 : bytesOf(megabytes);
};

export const bandwidthOf = (form: BandwidthForm): Pick<Limits, 'bytesPerSecond' | 'timetable'> => ({
  bytesPerSecond: form.megabytes.trim() === '' ? null : bytesOf(form.megabytes),
  timetable: form.lines.map((line) => ({
    days: [...line.days].sort((a, b) => a - b),
    from: line.from,
    to: line.to,
    bytesPerSecond: sentBy(line),
  })),
});
