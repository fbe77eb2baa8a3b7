/** What the service refuses in an event without telling the sender. Source: fineo-api.md, An event. */

/** The least timestamp in milliseconds the service takes from a number: 1971. Seconds taken for milliseconds fall below. */
export const leastEpochMillis = 31_536_000_000;

const reservedPrefix = /^T\d+\u00a6\u00a6/;

/** Why no field can have this name; undefined when one can. */
export function whyForbidden(name: string): string | undefined {
  if (name === 'companykey') return 'companykey is a name the service keeps for itself';
  if (name.startsWith('_f')) return `${name}: names that begin with _f are kept by the service`;
  if (reservedPrefix.test(name)) return `${name}: names of the form T<number>¦¦ are kept by the service`;
  return undefined;
}
