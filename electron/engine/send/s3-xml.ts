/** The little XML that S3 speaks: flat values in known elements. */
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return entities[name ?? ''] ?? whole;
  });

/** The text of the first element of this name; undefined when there is none. */
export function xmlValue(xml: string, element: string): string | undefined {
  const found = new RegExp(`<${element}(?:\\s[^>]*)?>([^<]*)</${element}>`).exec(xml)?.[1];
  return found === undefined ? undefined : decoded(found);
}

/** What stands inside each element of this name. */
export const xmlElements = (xml: string, element: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${element}(?:\\s[^>]*)?>([\\s\\S]*?)</${element}>`, 'g'))].map(([, inside]) => inside ?? '');

export const xmlEscaped = (text: string): string =>
  text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[mark] ?? '&quot;');

/** An ETag without its quotes. */
export const plainEtag = (text: string | undefined): string | undefined => text?.replace(/^(?:W\/)?"?|"$/g, '') || undefined;
