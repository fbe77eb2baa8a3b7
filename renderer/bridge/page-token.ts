const storageKey = 'uploader-token';

/**
 * The token `serve` printed in the fragment of its address. It is taken out of the address bar, so that it is not
 * shared with the address, and kept for this tab only.
 */
export const takePageToken = (page: Pick<Window, 'location' | 'history' | 'sessionStorage'>): string | undefined => {
  const token = new URLSearchParams(page.location.hash.slice(1)).get('token');
  if (token === null || token === '') return page.sessionStorage.getItem(storageKey) ?? undefined;
  page.sessionStorage.setItem(storageKey, token);
  page.history.replaceState(null, '', page.location.pathname + page.location.search);
  return token;
};
