import type { CommandInput } from '../../shared/contract/contract.ts';
import type { AfterUpload, Folder, FolderInput } from '../../shared/contract/folders.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import { defaultFolder } from '../../shared/model/default-folder.ts';
import type { MessageKey } from '../messages/translate.ts';

/** A watched folder while a person edits it; numbers and lists are text. An empty number is the default. */
export interface FolderForm {
  readonly name: string;
  readonly path: string;
  readonly connectionId: string;
  readonly mode: FolderInput['mode'];
  readonly route: FolderInput['route'];
  /** `usual`: what the readers know; `own`: the patterns of `include`. */
  readonly taken: 'usual' | 'own';
  /** One glob a line. */
  readonly include: string;
  readonly exclude: string;
  readonly recursive: boolean;
  readonly existing: FolderInput['existing'];
  readonly rewritten: FolderInput['rewritten'];
  readonly after: AfterUpload['kind'];
  readonly moveTo: string;
  readonly settleSeconds: string;
  readonly maxAgeMs: string;
  readonly watching: FolderInput['watching'];
  readonly pollSeconds: string;
  readonly maxRejects: string;
  readonly metricType: string;
}
export type FolderFormChange = Partial<FolderForm>;

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const isUsual = (include: readonly string[]) => include.join('\n') === defaultFolder.include.join('\n');

/** What a new folder starts with, or what the folder is set to. */
export const formOfFolder = (folder: Folder | undefined, connectionId: string): FolderForm => {
  const settings = folder ?? { ...defaultFolder, name: '', path: '', connectionId, metricType: '' };
  const usual = isUsual(settings.include);
  return {
    name: settings.name,
    path: settings.path,
    connectionId: settings.connectionId,
    mode: settings.mode,
    route: settings.route,
    taken: usual ? 'usual' : 'own',
    include: usual ? '' : settings.include.join('\n'),
    exclude: settings.exclude.join('\n'),
    recursive: settings.recursive,
    existing: settings.existing,
    rewritten: settings.rewritten,
    after: settings.after.kind,
    moveTo: settings.after.kind === 'move' ? settings.after.to : '',
    settleSeconds: String(settings.settleMs / 1000),
    maxAgeMs: String(settings.maxAgeMs),
    watching: settings.watching,
    pollSeconds: String(settings.pollMs / 1000),
    maxRejects: String(settings.maxRejects),
    metricType: settings.metricType ?? '',
  };
};

const numberOr = (text: string, fallback: number, factor = 1): number =>
  text.trim() === '' ? fallback : Math.round(Number(text) * factor);

export const includeOf = (form: Pick<FolderForm, 'taken' | 'include'>): string[] => {
  const own = form.taken === 'own' ? lines(form.include) : [];
  return own.length > 0 ? own : [...defaultFolder.include];
};
export const excludeOf = (form: Pick<FolderForm, 'exclude'>): string[] => lines(form.exclude);

/** Files that grow stay where they are; only whole files can be put away. */
const afterOf = (form: FolderForm): AfterUpload => {
  if (form.mode === 'rows') return { kind: 'keep' };
  return form.after === 'move' ? { kind: 'move', to: form.moveTo.trim() } : { kind: form.after };
};

/** The settings a form stands for. A named mapping counts more than one of its own. A mapping says the metric type itself; without one it may be said alone. */
export const folderInputOf = (form: FolderForm, mapping: Mapping | undefined, mappingId?: string): CommandInput<'folders.add'> => ({
  ...(form.name.trim() !== '' && { name: form.name.trim() }),
  path: form.path.trim(),
  connectionId: form.connectionId,
  mode: form.mode,
  route: form.route,
  ...(mappingId !== undefined && { mappingId }),
  ...(mapping !== undefined && mappingId === undefined && { mapping }),
  ...(mapping === undefined && form.metricType.trim() !== '' && { metricType: form.metricType.trim() }),
  include: includeOf(form),
  exclude: excludeOf(form),
  recursive: form.recursive,
  existing: form.existing,
  rewritten: form.rewritten,
  after: afterOf(form),
  settleMs: numberOr(form.settleSeconds, defaultFolder.settleMs, 1000),
  maxAgeMs: numberOr(form.maxAgeMs, defaultFolder.maxAgeMs),
  watching: form.watching,
  pollMs: numberOr(form.pollSeconds, defaultFolder.pollMs, 1000),
  maxRejects: numberOr(form.maxRejects, defaultFolder.maxRejects),
});

/** A file of a folder, in the way of the system the path comes from. */
export const fileInFolder = (folder: string, relative: string): string => {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return `${folder.replace(/[\\/]+$/, '')}${separator}${relative.replaceAll('/', separator)}`;
};

/** Why it cannot be saved yet, the first reason in the order of the form. */
export const whyFolderBlocked = (form: FolderForm): MessageKey | undefined => {
  if (form.path.trim() === '') return 'folderForm.blocked.path';
  if (form.connectionId === '') return 'folderForm.blocked.connection';
  if (form.taken === 'own' && lines(form.include).length === 0) return 'folderForm.blocked.include';
  return form.mode === 'files' && form.after === 'move' && form.moveTo.trim() === '' ? 'folderForm.blocked.moveTo' : undefined;
};
