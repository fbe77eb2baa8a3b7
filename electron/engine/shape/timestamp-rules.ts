/**
 * The rules of time zones, as js-joda has them. A bundle of its own, loaded by `timestamp-zone.ts` when the first zone with rules
 * is asked for: they take 17 MB in each thread, and most files have times in UTC or with an offset.
 */
import { LocalDateTime, ZoneId } from '@js-joda/core';
import '@js-joda/timezone';

const dayMs = 86_400_000;
/** The calendar, weekdays included, repeats after so many days: 400 years. */
const cycleMs = 146_097 * dayMs;
/** Before this no zone had rules: 1700. */
const earliestMs = -8_520_336_000_000;
/** After this all rules are those of every later year: 2500. js-joda knows years by rule no further than it needs. */
const latestMs = 16_725_225_600_000;

const withinRules = (localMs: number): number =>
  localMs > latestMs ? localMs - Math.ceil((localMs - latestMs) / cycleMs) * cycleMs : Math.max(localMs, earliestMs);

/** Seconds to take from a local time (milliseconds as if it were UTC) in a zone to get UTC. */
export function offsetSeconds(zone: ZoneId, atMs: number): number {
  const localMs = withinRules(atMs);
  const seconds = Math.floor(localMs / 1_000);
  const local = LocalDateTime.ofEpochSecond(seconds, (localMs - seconds * 1_000) * 1_000_000, ZoneId.UTC.rules().offsetOfEpochMilli(0));
  const transition = zone.rules().transition(local);
  // In a gap Java moves the time on by the gap's length, in an overlap it takes the earlier instant: both are the offset before.
  // js-joda declares the transition as always there; at most local times there is none.
  return (
    (transition as typeof transition | null) === null ? zone.rules().offsetOfLocalDateTime(local) : transition.offsetBefore()
  ).totalSeconds();
}

export const zoneIds = (): readonly string[] => ZoneId.getAvailableZoneIds();
export const zoneWith = (id: string): ZoneId => ZoneId.of(id);
