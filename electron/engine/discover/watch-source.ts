import type { Disposable } from '../ports.ts';

/** Something may have changed there. Paths are relative to the folder, with slashes. */
export type WatchHint =
  /** It may also be gone, or be a directory, which is then none of its reader's business. */
  | { readonly kind: 'file'; readonly path: string }
  /** A sub-folder and all below it; it may also be gone. */
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'everything' };

export interface WatchSourceOrder {
  /** Absolute. */
  readonly root: string;
  readonly recursive: boolean;
  readonly onHint: (hint: WatchHint) => void;
  /** The system gives no more watches; with its error code. */
  readonly onLimit: (cause: string) => void;
  /** The root was moved, deleted or replaced, as far as can be seen. */
  readonly onRootChanged: () => void;
  /** It grew beyond what this source is good for. */
  readonly onCrowded: () => void;
  /** Events were lost for another reason; with an error code. */
  readonly onLost: (cause: string) => void;
}

/** Where hints come from: events of the system. */
export interface WatchSource extends Disposable {
  /** When all watches are set. What changed before that may have given no hint. */
  readonly ready: Promise<void>;
  /** Watches a sub-folder and all below it, then gives a hint for it. Good for one that is watched already. */
  addDirectory(path: string): void;
}

export const joinPath = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);
export const isInside = (path: string, directory: string): boolean => directory === '' || path.startsWith(`${directory}/`);

const limitCauses = new Set(['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM']);
const localCauses = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

/** What an error of a watch means: no more of them, only this place is gone or closed to us, or something else. */
export function watchErrorKind(cause: string): 'limit' | 'local' | 'other' {
  if (limitCauses.has(cause)) return 'limit';
  return localCauses.has(cause) ? 'local' : 'other';
}
