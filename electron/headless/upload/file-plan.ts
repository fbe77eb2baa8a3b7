import path from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import type { Inspection } from '../../../shared/contract/files.ts';
import { mappingSchema, type Mapping } from '../../../shared/contract/mapping.ts';
import type { MappingRef } from '../../../shared/contract/mappings.ts';
import { failure } from '../../engine/errors.ts';
import { assumptionText } from './assumption-text.ts';

/** A file that is going to be sent. */
export interface SendPlan {
  readonly kind: 'send';
  readonly path: string;
  readonly name: string;
  readonly mapping: Mapping;
  /** The version of a named mapping that `mapping` is of. */
  readonly mappingRef?: MappingRef | undefined;
  /** How it is going to be read, in one line. */
  readonly assumption: string;
  readonly inspection: Inspection;
}

/** What will happen to a file: it is sent by a mapping, or refused before anything of it is sent. */
export type FilePlan = SendPlan | { readonly kind: 'refuse'; readonly path: string; readonly name: string; readonly failure: Failure };

export interface MappingChoice {
  /** Of `--mapping`: replaces what the content suggests. */
  readonly mapping: Mapping | undefined;
  /** Where it is a named one. */
  readonly ref?: MappingRef | undefined;
  /** Of `--metric-type`: replaces the metric type of either. */
  readonly metricType: string | undefined;
  /** The file goes as it is; only how it is read matters. */
  readonly untouched?: boolean;
  /** A column that a CSV file has to have. */
  readonly neededColumn?: string | undefined;
}

/** The mapping to inspect a file with; undefined to have one suggested. */
export function givenMapping({ mapping, metricType }: MappingChoice): Mapping | undefined {
  return mapping && metricType !== undefined ? { ...mapping, metricType: { kind: 'constant', value: metricType } } : mapping;
}

/** Decides about a file by what its first rows say and what the person has chosen. Pure. */
export function planFile(inspection: Inspection, choice: MappingChoice): FilePlan {
  const identity = { path: inspection.path, name: path.basename(inspection.path) };
  const given = givenMapping(choice);
  // What is missing is said first: its text names the option that helps.
  const failure =
    choice.untouched === true
      ? refusalOfContent(inspection)
      : ((given ? undefined : whatIsMissing(inspection, choice)) ?? refusalThatStays(inspection, choice) ?? lacks(inspection, choice));
  if (failure) return { kind: 'refuse', ...identity, failure };
  const suggestion: Mapping =
    choice.metricType === undefined
      ? inspection.suggestion
      : { ...inspection.suggestion, metricType: { kind: 'constant', value: choice.metricType } };
  const mapping = choice.untouched === true ? mappingSchema.parse({ format: inspection.suggestion.format }) : (given ?? suggestion);
  return { kind: 'send', ...identity, mapping, mappingRef: choice.ref, assumption: assumptionText(inspection, mapping), inspection };
}

/** What is said about columns and metric types does not matter to a file that goes as it is. */
const refusalOfContent = ({ refusal }: Inspection): Failure | undefined =>
  refusal === undefined || /^(metric-type|timestamp-column)-unknown$/.test(refusal.code) ? undefined : refusal;

/** A metric type that is given mends the refusal for want of one. */
function refusalThatStays({ refusal }: Inspection, { mapping, metricType }: MappingChoice): Failure | undefined {
  return refusal?.code === 'metric-type-unknown' && mapping === undefined && metricType !== undefined ? undefined : refusal;
}

function lacks({ format, columns, name }: Inspection, { neededColumn }: MappingChoice): Failure | undefined {
  if (neededColumn === undefined || format.kind !== 'csv' || columns.some((column) => column.name === neededColumn)) return undefined;
  return failure('header-lacks-column', `${name} has no column ${neededColumn}`, { file: name, column: neededColumn });
}

function whatIsMissing({ missing, columns, name }: Inspection, { metricType }: MappingChoice): Failure | undefined {
  if (missing.includes('timestamp')) {
    const names = columns.map((column) => column.name);
    const shown = names.length > 12 ? [...names.slice(0, 12), '…'] : names;
    return failure(
      'timestamp-column-unknown',
      `no column of ${name} is known to hold the time; pass --mapping <file.json> with ` +
        `{"timestamp": {"column": "<name>", "patterns": ["<pattern>"]}} (columns: ${shown.join(', ')})`,
      { file: name },
    );
  }
  if (missing.includes('metricType') && metricType === undefined) {
    return failure(
      'metric-type-unknown',
      `${name} does not say which metric type its rows belong to; pass --metric-type <name>, or --mapping <file.json> with "metricType"`,
      { file: name },
    );
  }
  return undefined;
}
