/** The page's own scheme: it has an origin, unlike a file, and nothing else can be reached by it. */
export const appScheme = 'app';
const appHost = 'uploader';

/** Where the page of the window is. */
export const pageUrl = `${appScheme}://${appHost}/index.html`;

/** Whether a URL is one of the app's own page. */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return protocol === `${appScheme}:` && host === appHost && username === '' && password === '';
}
