import type { Inspection } from '../../shared/contract/files.ts';
import type { FormatSettings, Mapping } from '../../shared/contract/mapping.ts';
import { bridge } from '../bridge.ts';
import { mappingOfDraft, type DraftFile } from './draft-file.ts';
import { formAfterFormat, formOf, type MappingForm, type MappingFormChange } from './mapping-form.ts';

const typingPauseMs = 300;

/** Where the files are kept whose first rows are read. */
interface Drafts {
  readonly get: (id: string) => DraftFile | undefined;
  readonly patch: (id: string, change: Partial<DraftFile>) => void;
  /** Where the rows will go to, for the preview. */
  readonly connectionId?: () => string | undefined;
}

/** Reads the first rows of files while a person says how; of each file only the newest reading counts. */
export interface FileReading {
  /** From now on the file may be read. The signal ends what is under way for it. */
  readonly begin: (id: string) => AbortSignal;
  /** Reads it as its content suggests, or as `mapping` says. */
  readonly read: (id: string, mapping?: Mapping) => Promise<void>;
  /** Shows the change at once and reads again after a pause in typing. */
  readonly changeForm: (id: string, change: MappingFormChange) => void;
  /** Reads again what the form says already: what the rows become depends on more than the form. Nothing waits for it. */
  readonly refresh: (id: string) => void;
  /** Another format makes other columns: a new suggestion, into which the answers that still fit are put. */
  readonly changeFormat: (id: string, change: Partial<FormatSettings>) => Promise<void>;
  readonly forget: (id: string) => void;
  readonly forgetAll: () => void;
}

export const createFileReading = ({ get, patch, connectionId }: Drafts): FileReading => {
  const running = new Map<string, { readonly abort: AbortController; turn: number; timer?: ReturnType<typeof setTimeout> }>();

  /** `make` turns the answer into the form. */
  const inspect = async (
    id: string,
    ask: { readonly format?: FormatSettings; readonly mapping?: Mapping | undefined },
    make: (inspection: Inspection) => MappingForm,
    isAwaited = true,
  ) => {
    const path = get(id)?.path;
    const state = running.get(id);
    if (path === undefined || state === undefined) return;
    const turn = ++state.turn;
    if (isAwaited) patch(id, { reading: true });
    const target = connectionId?.();
    const answer = await bridge.call('files.inspect', {
      path,
      ...(target !== undefined && { connectionId: target }),
      ...(ask.format && { format: ask.format }),
      ...(ask.mapping && { format: ask.mapping.format, mapping: ask.mapping }),
    });
    if (state.turn !== turn) return;
    if (!answer.ok) patch(id, { reading: false, failure: answer.failure });
    else if (answer.value.refusal !== undefined && answer.value.columns.length === 0) {
      const inspection = get(id)?.inspection ?? answer.value;
      patch(id, { reading: false, failure: answer.value.refusal, inspection, form: get(id)?.form ?? formOf(inspection) });
    } else {
      patch(id, {
        reading: false,
        failure: answer.value.refusal,
        inspection: answer.value,
        sizeBytes: answer.value.sizeBytes,
        form: make(answer.value),
      });
    }
  };

  const mappingIn = (id: string, form: MappingForm): Mapping | undefined => {
    const file = get(id);
    return file && mappingOfDraft({ ...file, form });
  };
  const forget = (id: string) => {
    const state = running.get(id);
    state?.abort.abort();
    clearTimeout(state?.timer);
    running.delete(id);
  };

  const changeForm = (id: string, change: MappingFormChange) => {
    const before = get(id)?.form;
    const state = running.get(id);
    if (before === undefined || state === undefined) return;
    const form = { ...before, ...change };
    patch(id, { form, reading: true });
    state.turn++;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => void inspect(id, { mapping: mappingIn(id, form) }, () => get(id)?.form ?? form), typingPauseMs);
  };

  return {
    begin: (id) => {
      const abort = new AbortController();
      running.set(id, { abort, turn: 0 });
      return abort.signal;
    },
    read: (id, mapping) => {
      const asSaid = (inspection: Inspection) =>
        formOf(mapping === undefined ? inspection : { ...inspection, suggestion: mapping, missing: [] });
      const known = get(id)?.inspection;
      // At once: what is changed while it is read again is changed in this.
      patch(id, { base: mapping, ...(known !== undefined && mapping !== undefined && { form: asSaid(known) }) });
      return inspect(id, { mapping }, asSaid);
    },
    changeForm,
    refresh: (id) => {
      const file = get(id);
      if (file?.form === undefined) return;
      const { form } = file;
      if (file.reading) changeForm(id, {});
      else void inspect(id, { mapping: mappingIn(id, form) }, () => get(id)?.form ?? form, false);
    },
    changeFormat: async (id, change) => {
      const form = get(id)?.form;
      if (form === undefined) return;
      const format: FormatSettings = { ...form.format, ...change };
      delete format.columns;
      patch(id, { form: { ...form, format } });
      await inspect(id, { format }, (inspection) => {
        const next = formAfterFormat(form, inspection);
        return { ...next, format: { ...next.format, ...format } };
      });
      const file = get(id);
      if (file?.form !== undefined && file.failure === undefined)
        await inspect(id, { mapping: mappingIn(id, file.form) }, () => get(id)?.form ?? form);
    },
    forget,
    forgetAll: () => {
      for (const id of [...running.keys()]) forget(id);
    },
  };
};
