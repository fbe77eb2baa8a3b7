/**
 * The name of a batch: what it is made of decides it, so the same rows get the same name whenever they are sent, and a
 * repeated request replaces the first. Two different contents never share one.
 *
 * @param version id of the file version
 * @param firstRow counted from 0
 * @param lastRow counted from 0, inclusive
 * @param sourceDigest SHA-256 of the source's bytes of the batch, hex
 */
export function batchName(fileName: string, version: string, firstRow: number, lastRow: number, sourceDigest: string): string {
  const readable = fileName
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return `${readable === '' ? 'file' : readable}-${version}-${firstRow + 1}-${lastRow + 1}-${sourceDigest.slice(0, 12)}`;
}
