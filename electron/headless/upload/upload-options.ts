import { z } from 'zod';
import { routeSchema } from '../../../shared/contract/common.ts';
import { limitsSchema, rootSchema, type Limits } from '../../../shared/contract/connections.ts';
import type { DirectStream } from '../../../shared/contract/direct-stream.ts';
import { objectUploadSchema, type ObjectUpload } from '../../../shared/contract/object-store.ts';
import type { Route } from '../../../shared/model/route.ts';
import { UploaderError } from '../../engine/errors.ts';
import { resolveDataDir } from '../data-dir.ts';
import type { EndpointOptions } from '../destination.ts';
import { bucketChoiceOf, bucketEndpoint, bucketFlagShapes } from './bucket-options.ts';
import { keyPath, mappingOption } from './mapping-file.ts';
import { numberFrom } from './number-option.ts';
import { directStreamOf, streamAlone, streamFlagShapes } from './stream-options.ts';

export type DestinationOption =
  | { readonly kind: 'saved'; readonly connection: string }
  | { readonly kind: 'environment'; readonly endpoint: EndpointOptions }
  /** Only a dry run does without. */
  | { readonly kind: 'none' };

/** What `upload` was asked to do, checked. */
export interface UploadOptions {
  readonly files: readonly string[];
  readonly destination: DestinationOption;
  readonly route: Route;
  readonly mappingFile: string | undefined;
  readonly mappingName: string | undefined;
  /** Files that are held for their rejects go on without these rows. */
  readonly acceptRejects: boolean;
  readonly metricType: string | undefined;
  readonly dryRun: boolean;
  readonly again: boolean;
  readonly json: boolean;
  readonly dataDir: string;
  /** By the S3 route; only what was given. */
  readonly objectStore: ObjectUpload | undefined;
  /** By the routes kinesis and firehose. */
  readonly directStream: DirectStream | undefined;
  /** Only those that were given. */
  readonly limits: Partial<Limits>;
}

const { requestsPerSecond, burst, concurrentRequests } = limitsSchema.shape;

export const endpointFlagShapes = {
  root: rootSchema,
  stage: z.string().regex(/^[\w-]+$/, 'letters, digits, _ and - are allowed'),
  region: z.string().regex(/^[a-z0-9-]+$/, 'small letters, digits and - are allowed'),
};

export const limitFlagShapes = {
  concurrency: numberFrom(concurrentRequests.unwrap()),
  rate: numberFrom(requestsPerSecond.unwrap()),
  burst: numberFrom(burst.unwrap()),
};

const flagsSchema = z
  .object({
    to: z.string().trim().min(1),
    ...endpointFlagShapes,
    ...limitFlagShapes,
    route: routeSchema,
    mapping: z.string().min(1),
    acceptRejects: z.boolean(),
    metricType: z.string().trim().min(1),
    dryRun: z.boolean(),
    again: z.boolean(),
    json: z.boolean(),
    dataDir: z.string().min(1),
    ...bucketFlagShapes,
    reference: z.boolean(),
    ...streamFlagShapes,
  })
  .partial();

/** Checks what the command line gave. Throws `input-invalid`, naming the option. */
export function parseUploadOptions(
  files: readonly string[],
  given: unknown,
  env: Readonly<Record<string, string | undefined>>,
): UploadOptions {
  const flags = parseFlags(flagsSchema, given);
  return {
    files,
    destination: pastTheService(flags) ?? destinationOf(flags),
    route: flags.route ?? 'batch',
    objectStore: objectStoreOf(flags),
    directStream: directStreamOf(flags),
    ...mappingOption(flags.mapping, process.cwd()),
    acceptRejects: flags.acceptRejects ?? false,
    metricType: flags.metricType,
    dryRun: flags.dryRun ?? false,
    again: flags.again ?? false,
    json: flags.json ?? false,
    dataDir: resolveDataDir(flags.dataDir, env),
    limits: limitsOf(flags),
  };
}

/** Parses option values; a wrong one is `input-invalid`, named as it is written. Never repeats the value. */
export function parseFlags<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `--${kebab(keyPath(issue.path))}: ${issue.message}`);
  throw new UploaderError('input-invalid', problems.join('; '));
}

/** The limits among the flags, only those given. */
export function limitsOf(flags: {
  readonly concurrency?: number | undefined;
  readonly rate?: number | undefined;
  readonly burst?: number | undefined;
}): Partial<Limits> {
  return {
    ...(flags.concurrency === undefined ? {} : { concurrentRequests: flags.concurrency }),
    ...(flags.rate === undefined ? {} : { requestsPerSecond: flags.rate }),
    ...(flags.burst === undefined ? {} : { burst: flags.burst }),
  };
}

export interface DestinationFlags {
  readonly to?: string | undefined;
  readonly root?: string | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Throws `input-invalid` when they contradict each other, or when there is none and it is no dry run. */
export function destinationOf(flags: DestinationFlags): DestinationOption {
  const { to, root, stage, region } = flags;
  if (to !== undefined && root !== undefined) throw new UploaderError('input-invalid', '--to and --root exclude each other');
  if (root === undefined && (stage !== undefined || region !== undefined)) {
    throw new UploaderError(
      'input-invalid',
      `${stage === undefined ? '--region' : '--stage'} goes with --root; a saved connection has its own`,
    );
  }
  if (to !== undefined) return { kind: 'saved', connection: to };
  if (root !== undefined) return { kind: 'environment', endpoint: { root, stage: stage ?? 'v1', region: region ?? 'us-east-1' } };
  if (flags.dryRun === true) return { kind: 'none' };
  throw new UploaderError('input-invalid', 'a destination is missing: --to <connection> or --root <url>');
}

/** Where nobody is told of the object there is nothing but the bucket; by a direct route, nothing but the stream. */
function pastTheService(flags: z.infer<typeof flagsSchema>): DestinationOption | undefined {
  if (flags.dryRun === true || [flags.to, flags.root, flags.stage, flags.region].some((given) => given !== undefined)) return undefined;
  const endpoint = streamAlone(flags) ?? bucketAlone(flags);
  return endpoint === undefined ? undefined : { kind: 'environment', endpoint };
}

function bucketAlone(flags: z.infer<typeof flagsSchema>): EndpointOptions | undefined {
  if (flags.route !== 's3' || flags.reference !== false || flags.bucket === undefined) return undefined;
  return bucketEndpoint(flags);
}

function objectStoreOf(flags: z.infer<typeof flagsSchema>): ObjectUpload | undefined {
  const given = bucketChoiceOf(flags);
  if (flags.route !== 's3') {
    if (Object.keys(given).length === 0 && flags.reference !== false) return undefined;
    throw new UploaderError(
      'input-invalid',
      '--bucket, --prefix, --s3-endpoint, --s3-region, --gzip-level, --object-mb and --no-reference go with --route s3',
    );
  }
  const reference = flags.reference ?? true;
  // Without a service that reads them, rows are sent as they are unless somebody says how they are to be shaped.
  const untouched = !reference && flags.mapping === undefined && flags.metricType === undefined;
  return objectUploadSchema.parse({ ...given, reference, untouched });
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
