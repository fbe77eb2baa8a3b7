/** Documentation that the app links to; it opens in the system's browser. Nothing else does. */
const documentationOrigins: ReadonlySet<string> = new Set([
  'https://fineo.io',
  'https://www.fineo.io',
  'https://docs.aws.amazon.com',
  'https://docs.oracle.com',
]);

/** Whether a link may be handed to the system's browser. */
export function isDocumentation(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return documentationOrigins.has(origin) && username === '' && password === '';
}
