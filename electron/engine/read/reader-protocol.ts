/** What the engine and a reader thread say to each other. One job at a time per thread. */
import type { CheckReport } from '../../../shared/contract/check.ts';
import type { Failure } from '../../../shared/contract/common.ts';
import type { Inspection } from '../../../shared/contract/files.ts';
import type { FormatSettings, Mapping } from '../../../shared/contract/mapping.ts';
import type { SampledFile } from '../../../shared/contract/sample.ts';
import type { ServiceSchema } from '../../../shared/contract/schema.ts';
import type { Batch, Position, SeenField } from '../model.ts';
import type { TailFormat } from './tail-protocol.ts';

/** Types of the fields by metric type, as it crosses threads. */
export type FieldTypeEntries = readonly (readonly [string, readonly (readonly [string, string])[]])[];

export interface ReadJob {
  readonly path: string;
  readonly fileName: string;
  readonly mapping: Mapping;
  readonly fieldTypes: FieldTypeEntries;
  readonly schema?: ServiceSchema | undefined;
  readonly maxEventBytes: number;
  /** The rows do not go to the service, so that a mapping may do without metric type and timestamp. */
  readonly pastService?: boolean | undefined;
  readonly limits: { readonly maxEvents: number; readonly maxBytes: number };
  readonly from?: Position | undefined;
  readonly to?: Position | undefined;
  /** Rows of a file that is tailed: read by the format it had then, and cut as they were cut then. */
  readonly tail?: TailFormat | undefined;
  /** Reading ends with so many rejected rows. */
  readonly mostRejects?: number | undefined;
  /** The rows are counted and hashed and not shaped: batches come without events. */
  readonly countOnly?: boolean | undefined;
  /** Names of the fields of its events are told, as they are seen. */
  readonly tellsFields?: boolean | undefined;
}

export interface DigestJob {
  readonly path: string;
  readonly format: FormatSettings;
  /** Where the stretches end, and where it is looked whether the file goes on. */
  readonly end: number;
  /** Consecutive stretches of the text, in bytes. */
  readonly ranges: readonly { readonly from: number; readonly to: number; readonly digest: string }[];
}

export interface InspectJob {
  readonly path: string;
  readonly format: FormatSettings | undefined;
  readonly mapping: Mapping | undefined;
  /** Of the tenant, for the preview. */
  readonly schema?: ServiceSchema | undefined;
  readonly fieldTypes?: FieldTypeEntries | undefined;
  readonly maxEventBytes: number;
}

export interface CheckJobOrder {
  readonly path: string;
  readonly fileName: string;
  readonly mapping: Mapping;
  readonly fieldTypes: FieldTypeEntries;
  readonly schema: ServiceSchema | undefined;
  readonly maxEventBytes: number;
  readonly requestLimits: {
    readonly maxStreamEvents: number;
    readonly maxStreamRequestBytes: number;
    readonly maxBatchRequestBytes: number;
  };
  readonly unknownMetrics: 'created' | 'rejected';
  /** Only rows that begin from one place on, or before another; lines begin there. */
  readonly fromByte?: number | undefined;
  readonly untilByte?: number | undefined;
}

export interface CheckedFile {
  readonly report: CheckReport;
  readonly cancelled: boolean;
  /** Lines before `untilByte`; undefined: a row goes over that place, so that no row begins there. */
  readonly linesBefore: number | undefined;
  readonly fields: readonly SeenField[];
}

export interface SampleJob {
  readonly path: string;
  readonly fileName: string;
  readonly mapping: Mapping;
  readonly fieldTypes: FieldTypeEntries;
  readonly schema: ServiceSchema;
  readonly maxEventBytes: number;
  /** Rows that are shown one by one. */
  readonly shownRows: number;
  /** Rows that are looked at for fields that the schema does not have. */
  readonly readRows: number;
}

export type ToReader =
  /** `bodies`: how many request bodies may be under way at once; 0: as many as there are, each in memory of its own. */
  | { readonly kind: 'read'; readonly job: number; readonly order: ReadJob; readonly bodies: number }
  /** A body was sent and is no longer needed. */
  | { readonly kind: 'sent'; readonly slot: number }
  | { readonly kind: 'stop'; readonly job: number }
  | { readonly kind: 'check'; readonly job: number; readonly order: CheckJobOrder }
  | { readonly kind: 'inspect'; readonly job: number; readonly order: InspectJob }
  | { readonly kind: 'sample'; readonly job: number; readonly order: SampleJob }
  | { readonly kind: 'digest'; readonly job: number; readonly order: DigestJob };

export type FromReader =
  | {
      readonly kind: 'plan';
      readonly job: number;
      readonly headerText: string;
      readonly source: 'csv' | 'ndjson';
      readonly delimiter: string;
    }
  | { readonly kind: 'batch'; readonly job: number; readonly batch: Batch & { readonly fileBytes: number }; readonly slot: number }
  /** What was seen since it was told last; told as soon as there is a new name, and at the end. */
  | { readonly kind: 'seen'; readonly job: number; readonly fields: readonly SeenField[] }
  | { readonly kind: 'end'; readonly job: number; readonly end: Position; readonly endedOpen: boolean; readonly stopped?: boolean }
  /** How far a check came; several times a second. */
  | { readonly kind: 'checking'; readonly job: number; readonly fileBytes: number; readonly rowsRead: number }
  | ({ readonly kind: 'checked'; readonly job: number } & CheckedFile)
  | { readonly kind: 'inspected'; readonly job: number; readonly inspection: Inspection }
  | { readonly kind: 'sampled'; readonly job: number; readonly sample: SampledFile }
  /** How many of the stretches, from the first on, still hold what they held; and whether the file goes on after them. */
  | {
      readonly kind: 'digested';
      readonly job: number;
      readonly equal: number;
      readonly goesOn: boolean;
      readonly nextByte: number | undefined;
    }
  | { readonly kind: 'failed'; readonly job: number; readonly failure: Failure };
