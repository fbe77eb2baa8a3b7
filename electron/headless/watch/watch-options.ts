import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { Connection, Limits } from '../../../shared/contract/connections.ts';
import {
  folderInputSchema,
  folderModeSchema,
  folderRouteSchema,
  type AfterUpload,
  type FolderInput,
} from '../../../shared/contract/folders.ts';
import { objectStoreSchema } from '../../../shared/contract/object-store.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { UploaderError } from '../../engine/errors.ts';
import { resolveDataDir } from '../data-dir.ts';
import { bucketChoiceOf, bucketFlagShapes, type BucketFlags } from '../upload/bucket-options.ts';
import { mappingOption } from '../upload/mapping-file.ts';
import { numberFrom } from '../upload/number-option.ts';
import {
  destinationOf,
  endpointFlagShapes,
  limitFlagShapes,
  limitsOf,
  parseFlags,
  type DestinationOption,
} from '../upload/upload-options.ts';

/** What `watch` was asked to do, checked. */
export interface WatchOptions {
  /** Absolute. */
  readonly folder: string;
  readonly destination: DestinationOption;
  /** Settings of the folder, but for what is known only when its connection is. */
  readonly settings: Omit<FolderInput, 'connectionId' | 'mapping' | 'mappingId'>;
  readonly mappingFile: string | undefined;
  readonly mappingName: string | undefined;
  readonly once: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly dataDir: string;
  /** Of the connection that `--root` stands for. */
  readonly objectStore: Connection['objectStore'];
  /** Only those that were given. */
  readonly limits: Partial<Limits>;
}

const { include, exclude, settleMs, maxAgeMs, pollMs, watching } = folderInputSchema.shape;

/** `keep`, `delete`, or `move:` and a folder. */
const afterSchema = z
  .string()
  .regex(/^(keep|delete|move:.+)$/s, 'keep, delete or move:<dir> is needed')
  .transform((text): AfterUpload => {
    if (text === 'keep' || text === 'delete') return { kind: text };
    return { kind: 'move', to: text.slice('move:'.length) };
  });

const flagsSchema = z
  .object({
    to: z.string().trim().min(1),
    ...endpointFlagShapes,
    ...limitFlagShapes,
    mode: folderModeSchema,
    route: folderRouteSchema,
    ...bucketFlagShapes,
    include: include.unwrap(),
    exclude: exclude.unwrap(),
    mapping: z.string().min(1),
    metricType: z.string().trim().min(1).max(512),
    existing: z.enum(['send', 'skip']),
    after: afterSchema,
    rewritten: z.enum(['changed', 'everything']),
    settleMs: numberFrom(settleMs.unwrap()),
    maxAgeMs: numberFrom(maxAgeMs.unwrap()),
    watching: watching.unwrap(),
    pollMs: numberFrom(pollMs.unwrap()),
    once: z.boolean(),
    dryRun: z.boolean(),
    json: z.boolean(),
    dataDir: z.string().min(1),
  })
  .partial();

/** Checks what the command line gave. Throws `input-invalid`, naming the option, or `folder-mode-keeps`. */
export function parseWatchOptions(
  folder: string,
  given: unknown,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): WatchOptions {
  const flags = parseFlags(flagsSchema, given);
  const destination = destinationOf(flags);
  const limits = limitsOf(flags);
  if (destination.kind === 'saved' && Object.keys(limits).length > 0) {
    const message =
      '--rate, --burst and --concurrency go with --root; a saved connection has its own (connections add --replace changes them)';
    throw new UploaderError('input-invalid', message);
  }
  const mode = flags.mode ?? 'rows';
  if (mode === 'rows' && flags.after !== undefined && flags.after.kind !== 'keep') {
    throw new UploaderError('folder-mode-keeps', `--after ${flags.after.kind} goes with --mode files`);
  }
  const route = flags.route ?? (mode === 'rows' ? 'stream' : 'batch');
  if (route === 's3' && mode === 'rows') throw new UploaderError('input-invalid', '--route s3 goes with --mode files');
  return {
    folder: path.resolve(cwd, folder),
    destination,
    settings: {
      path: path.resolve(cwd, folder),
      mode,
      route,
      ...(flags.metricType === undefined ? {} : { metricType: flags.metricType }),
      include: flags.include ?? include.parse(undefined),
      exclude: flags.exclude ?? [],
      recursive: true,
      existing: flags.existing ?? 'send',
      rewritten: flags.rewritten ?? 'changed',
      after: flags.after ?? { kind: 'keep' },
      settleMs: flags.settleMs ?? settleMs.parse(undefined),
      maxAgeMs: flags.maxAgeMs ?? maxAgeMs.parse(undefined),
      watching: flags.watching ?? 'auto',
      pollMs: flags.pollMs ?? pollMs.parse(undefined),
      maxRejects: folderInputSchema.shape.maxRejects.parse(undefined),
    },
    ...mappingOption(flags.mapping, cwd),
    once: flags.once ?? false,
    dryRun: flags.dryRun ?? false,
    json: flags.json ?? false,
    dataDir: resolveDataDir(flags.dataDir, env),
    objectStore: bucketOf(flags, route, destination),
    limits,
  };
}

function bucketOf(flags: BucketFlags, route: FolderInput['route'], { kind }: DestinationOption): WatchOptions['objectStore'] {
  const given = bucketChoiceOf(flags);
  if (Object.keys(given).length === 0 && (route !== 's3' || kind === 'saved')) return undefined;
  if (route !== 's3' || kind === 'saved' || given.bucket === undefined) {
    const message =
      '--bucket, with --prefix, --s3-endpoint, --s3-region, --gzip-level and --object-mb, goes with --route s3 and --root; ' +
      'a saved connection has its own (connections add --replace --bucket changes it)';
    throw new UploaderError('input-invalid', message);
  }
  return objectStoreSchema.parse(given);
}

/** The same folder, connection and mode have the same id in every run, so that the journal knows where it stopped. */
export function watchedFolderId({ path: folder, mode }: Pick<FolderInput, 'path' | 'mode'>, connectionId: string): string {
  return `cli-${createHash('sha256')
    .update(JSON.stringify([folder, connectionId, mode]))
    .digest('hex')
    .slice(0, 16)}`;
}

/** What the engine is asked to watch. */
export const folderInputOf = (
  { settings }: WatchOptions,
  connectionId: string,
  mapping: Mapping | undefined,
  mappingId?: string,
): FolderInput => ({
  ...settings,
  connectionId,
  ...(mapping === undefined ? {} : { mapping }),
  ...(mappingId === undefined ? {} : { mappingId }),
});
