/** What the engine and the thread that looks through folders say to each other. Jobs take turns, chunk by chunk. */
import type { Failure } from '../../../shared/contract/common.ts';
import type { FolderPreview } from '../../../shared/contract/folders.ts';
import type { ScanEnd, ScanOrder, ScannedFile } from './scan-folder.ts';

export interface Globs {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface PreviewOrder extends Globs {
  readonly path: string;
  readonly recursive: boolean;
}

/** A file that the globs do not take, and why. */
export interface IgnoredFile extends ScannedFile {
  readonly rule: string;
}

export interface ScanTotals extends ScanEnd {
  /** Taken by the globs. */
  readonly files: number;
  readonly ignored: number;
  /** The first 100 of these. */
  readonly ignoredSamples: readonly IgnoredFile[];
}

/** Files of a chunk, laid out so that they cross threads cheaply. */
export interface PackedFiles {
  /** Joined by NUL, the one character that no name contains. */
  readonly paths: string;
  readonly keys: string;
  readonly sizes: Float64Array<ArrayBuffer>;
  readonly modified: Float64Array<ArrayBuffer>;
}

/** Chunks that may be on their way without having been taken: 100,000 files, for the engine may be busy with its journal just then. */
export const chunksUnderWay = 50;

export type ToScanner =
  | { readonly kind: 'scan'; readonly job: number; readonly order: ScanOrder & Globs }
  | { readonly kind: 'preview'; readonly job: number; readonly order: PreviewOrder }
  | { readonly kind: 'find'; readonly job: number; readonly order: ScanOrder; readonly keys: readonly string[] }
  /** A chunk was taken. */
  | { readonly kind: 'took'; readonly job: number }
  | { readonly kind: 'stop'; readonly job: number };

export type FromScanner =
  | { readonly kind: 'files'; readonly job: number; readonly files: PackedFiles }
  | { readonly kind: 'scanned'; readonly job: number; readonly totals: ScanTotals }
  | { readonly kind: 'previewed'; readonly job: number; readonly preview: FolderPreview }
  /** Paths by key. */
  | { readonly kind: 'found'; readonly job: number; readonly paths: readonly (readonly [string, string])[] }
  | { readonly kind: 'stopped'; readonly job: number }
  | { readonly kind: 'failed'; readonly job: number; readonly failure: Failure };

export function packFiles(files: readonly ScannedFile[]): PackedFiles {
  return {
    paths: files.map((file) => file.path).join('\0'),
    keys: files.map((file) => file.fileKey).join('\0'),
    sizes: Float64Array.from(files, (file) => file.sizeBytes),
    modified: Float64Array.from(files, (file) => file.modifiedMs),
  };
}

export function unpackFiles(packed: PackedFiles): readonly ScannedFile[] {
  if (packed.sizes.length === 0) return [];
  const keys = packed.keys.split('\0');
  return packed.paths.split('\0').map((path, index) => ({
    path,
    sizeBytes: packed.sizes[index] ?? 0,
    modifiedMs: packed.modified[index] ?? 0,
    fileKey: keys[index] ?? '',
  }));
}
