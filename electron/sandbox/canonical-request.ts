/** The parts of a canonical request of AWS Signature Version 4, straight from the specification. */

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Everything but `A-Za-z0-9-._~` as `%XX` of its UTF-8. */
export const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** A text with `%XX` resolved; what is no escape of UTF-8 stays as it is. */
const uriDecode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The path of any service but S3: `.`, `..` and empty segments resolved, then each segment of the path *as it was sent* encoded,
 * so that an escape in it is encoded a second time.
 */
export const canonicalPath = (path: string): string => {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(uriEncode(segment));
  }
  const last = path.slice(path.lastIndexOf('/') + 1);
  const isFolder = (last === '' || last === '.' || last === '..') && segments.length > 0;
  return `/${segments.join('/')}${isFolder ? '/' : ''}`;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names and values encoded anew, sorted by name, then by value; a name without `=` gets an empty value. */
export const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter((part) => part !== '')
    .map((part): readonly [string, string] => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [uriEncode(uriDecode(name)), uriEncode(uriDecode(value))];
    })
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** All values of a header in the order they came; `name` in lower case. */
export const headerValues = (headers: HeaderPairs, name: string): readonly string[] =>
  headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);

/** Values trimmed, runs of spaces made one, repeated headers and folded lines joined by commas. */
export const canonicalHeader = (headers: HeaderPairs, name: string): string =>
  headerValues(headers, name)
    .flatMap((value) => value.split(/\r?\n/))
    .map((value) => value.trim().replace(/ +/g, ' '))
    .join(',');
