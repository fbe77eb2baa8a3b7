import type { Failure } from '../../shared/contract/common.ts';
import type { Connection } from '../../shared/contract/connections.ts';
import type { Inspection } from '../../shared/contract/files.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { MessageKey, MessageValues } from '../messages/translate.ts';
import type { ChosenMapping } from './mappings.ts';
import { mappingOf, missingAnswers, type MappingForm, type MissingAnswer } from './mapping-form.ts';

/** A file of the upload being prepared. */
export interface DraftFile {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number | undefined;
  /** Where the engine finds it; absent while a browser hands it over. */
  readonly path: string | undefined;
  readonly handedOverBytes: number;
  /** The last inspection that could read the file. */
  readonly inspection: Inspection | undefined;
  readonly form: MappingForm | undefined;
  /** What the form was begun with, where that is not what the content suggests. */
  readonly base?: Mapping | undefined;
  /** The saved mapping its form was begun with. */
  readonly named?: ChosenMapping | undefined;
  /** Why it cannot be read, as it is or as the form says. */
  readonly failure: Failure | undefined;
  /** An inspection is on its way. */
  readonly reading: boolean;
}

/** The last part of a path of any system. */
export const nameOfPath = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** A file of which nothing is known yet but where it is. */
export const draftOf = (id: string, name: string, path: string | undefined, sizeBytes?: number): DraftFile => ({
  id,
  name,
  sizeBytes,
  path,
  handedOverBytes: 0,
  inspection: undefined,
  form: undefined,
  failure: undefined,
  reading: false,
});

/** What its form says; parts that the form does not show are those it was begun with. */
export const mappingOfDraft = ({ form, inspection, base }: DraftFile): Mapping | undefined =>
  form && inspection && mappingOf(form, base ?? inspection.suggestion);

export type DraftState = 'handing-over' | 'reading' | 'ready' | 'needs' | 'refused';

export const missingOf = ({ form, inspection }: DraftFile): readonly MissingAnswer[] =>
  form === undefined || inspection === undefined ? [] : missingAnswers(form, inspection);

export const draftState = (file: DraftFile): DraftState => {
  if (file.failure !== undefined) return missingOf(file).length > 0 ? 'needs' : 'refused';
  if (file.path === undefined) return 'handing-over';
  if (file.inspection === undefined) return 'reading';
  return missingOf(file).length > 0 ? 'needs' : 'ready';
};

export interface BlockReason {
  readonly key: MessageKey;
  readonly values: MessageValues;
}

const fileReason = (file: DraftFile): MessageKey | undefined => {
  const state = draftState(file);
  if (state === 'refused') return 'upload.blocked.refused';
  if (state === 'handing-over' || state === 'reading' || file.reading) return 'upload.blocked.busy';
  const missing = missingOf(file);
  if (missing.length === 2) return 'upload.blocked.both';
  if (missing.includes('metricType')) return 'upload.blocked.metricType';
  return missing.includes('timestamp') ? 'upload.blocked.timestamp' : undefined;
};

/** Why the upload cannot be sent yet, the first reason in the order a person would deal with them. */
export const whyBlocked = (files: readonly DraftFile[], connection: Connection | undefined): BlockReason | undefined => {
  if (files.length === 0) return { key: 'upload.blocked.noFiles', values: {} };
  if (connection === undefined) return { key: 'upload.blocked.noConnection', values: {} };
  for (const file of files) {
    const key = fileReason(file);
    if (key !== undefined) return { key, values: { name: file.name } };
  }
  return undefined;
};
