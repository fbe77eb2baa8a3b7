import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { Inspection } from '../../shared/contract/files.ts';
import type { FormatSettings } from '../../shared/contract/mapping.ts';
import type { Route } from '../../shared/model/route.ts';
import { bridge } from '../bridge.ts';
import { whyBlocked, type DraftFile } from './draft-file.ts';
import { useEngine } from './engine.ts';
import { formAfterFormat, formOf, mappingOf, type MappingForm, type MappingFormChange } from './mapping-form.ts';

export const steps = ['files', 'read', 'send', 'done'] as const;
export type Step = (typeof steps)[number];

const typingPauseMs = 300;
const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** The upload being prepared and the one it became. Kept while the person looks at other screens. */
export const useUpload = defineStore('upload', () => {
  const engine = useEngine();
  const step = ref<Step>('files');
  const files = shallowRef<readonly DraftFile[]>([]);
  const selectedId = ref<string>();
  const chosenConnectionId = ref<string>();
  const route = ref<Route>('stream');
  const transferId = ref<string>();
  const starting = ref(false);
  const startFailure = shallowRef<Failure>();
  /** Per file: what is to be given up when it is removed, and which reading is the newest. */
  const running = new Map<string, { readonly abort: AbortController; turn: number; timer?: ReturnType<typeof setTimeout> }>();
  let nextFile = 1;
  /** Counts the wishes for the browser's file dialog. */
  const asked = ref(0);

  const connection = computed(
    () =>
      engine.connections.find(({ id }) => id === chosenConnectionId.value) ??
      engine.connections.find(({ isSandbox }) => isSandbox && engine.sandbox?.state === 'running') ??
      engine.connections[0],
  );
  const selected = computed(() => files.value.find(({ id }) => id === selectedId.value) ?? files.value[0]);
  const transfer = computed(() => engine.transfers.find(({ id }) => id === transferId.value));
  const blocked = computed(() => whyBlocked(files.value, connection.value));

  const patch = (id: string, change: Partial<DraftFile>) => {
    files.value = files.value.map((file) => (file.id === id ? { ...file, ...change } : file));
  };
  const fileOf = (id: string) => files.value.find((file) => file.id === id);

  /** Reads the first rows again; `make` turns the answer into the form. Only the newest reading counts. */
  const inspect = async (
    id: string,
    ask: { format?: FormatSettings; form?: MappingForm },
    make: (inspection: Inspection) => MappingForm,
  ) => {
    const file = fileOf(id);
    const state = running.get(id);
    if (file?.path === undefined || state === undefined) return;
    const turn = ++state.turn;
    patch(id, { reading: true });
    const mapping = ask.form && file.inspection && mappingOf(ask.form, file.inspection.suggestion);
    const answer = await bridge.call('files.inspect', {
      path: file.path,
      ...(ask.format && { format: ask.format }),
      ...(mapping && { format: mapping.format, mapping }),
    });
    if (state.turn !== turn) return;
    if (!answer.ok) patch(id, { reading: false, failure: answer.failure });
    else if (answer.value.refusal !== undefined && answer.value.columns.length === 0) {
      const inspection = fileOf(id)?.inspection ?? answer.value;
      patch(id, { reading: false, failure: answer.value.refusal, inspection, form: fileOf(id)?.form ?? formOf(inspection) });
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

  const reset = () => {
    for (const { abort, timer } of running.values()) {
      abort.abort();
      clearTimeout(timer);
    }
    running.clear();
    files.value = [];
    selectedId.value = undefined;
    transferId.value = undefined;
    startFailure.value = undefined;
    step.value = 'files';
  };

  const open = (name: string, sizeBytes: number | undefined, path: string | undefined): string => {
    if (step.value === 'send' || step.value === 'done') reset();
    const id = `file-${nextFile++}`;
    running.set(id, { abort: new AbortController(), turn: 0 });
    files.value = [
      ...files.value,
      { id, name, sizeBytes, path, handedOverBytes: 0, inspection: undefined, form: undefined, failure: undefined, reading: false },
    ];
    return id;
  };

  const addPath = async (path: string, sizeBytes?: number) => {
    if (files.value.some((file) => file.path === path) && step.value !== 'send' && step.value !== 'done') return;
    await inspect(open(nameOf(path), sizeBytes, path), {}, formOf);
  };

  const addFile = async (file: File) => {
    const id = open(file.name, file.size, undefined);
    const signal = running.get(id)?.abort.signal ?? AbortSignal.abort();
    const path = await bridge.pathOf(file, (sentBytes) => patch(id, { handedOverBytes: sentBytes }), signal);
    if (!path.ok) patch(id, { failure: path.failure });
    else {
      patch(id, { path: path.value });
      await inspect(id, {}, formOf);
    }
  };

  /** Opens the native dialog; where there is none, the screen shows the browser's own (it watches `asked`). */
  const askForFiles = async () => {
    if (bridge.chooseFiles === undefined) asked.value++;
    else for (const path of await bridge.chooseFiles()) void addPath(path);
  };
  /** Tells of uploads that are begun from the application menu. */
  const onAskedByMenu = (listener: () => void) => bridge.onMenuCommand(listener);

  const remove = (id: string) => {
    const state = running.get(id);
    state?.abort.abort();
    clearTimeout(state?.timer);
    running.delete(id);
    files.value = files.value.filter((file) => file.id !== id);
    if (files.value.length === 0) step.value = 'files';
  };

  /** Shows the change at once and reads again after a pause in typing. */
  const changeForm = (id: string, change: MappingFormChange) => {
    const file = fileOf(id);
    const state = running.get(id);
    if (file?.form === undefined || state === undefined) return;
    const form = { ...file.form, ...change };
    patch(id, { form, reading: true });
    state.turn++;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => void inspect(id, { form }, () => fileOf(id)?.form ?? form), typingPauseMs);
  };

  /** Another format makes other columns: a new suggestion, into which the answers that still fit are put. */
  const changeFormat = async (id: string, change: Partial<FormatSettings>) => {
    const form = fileOf(id)?.form;
    if (form === undefined) return;
    const format: FormatSettings = { ...form.format, ...change };
    delete format.columns;
    patch(id, { form: { ...form, format } });
    await inspect(id, { format }, (inspection) => {
      const next = formAfterFormat(form, inspection);
      return { ...next, format: { ...next.format, ...format } };
    });
    const file = fileOf(id);
    if (file?.form !== undefined && file.failure === undefined) await inspect(id, { form: file.form }, () => fileOf(id)?.form ?? form);
  };

  const send = async (again = false) => {
    const target = connection.value;
    if (target === undefined || starting.value) return;
    starting.value = true;
    const answer = await bridge.call('uploads.start', {
      connectionId: target.id,
      route: route.value,
      again,
      files: files.value.flatMap(({ path, form, inspection }) =>
        path !== undefined && form !== undefined && inspection !== undefined
          ? [{ path, mapping: mappingOf(form, inspection.suggestion) }]
          : [],
      ),
    });
    starting.value = false;
    startFailure.value = answer.ok ? undefined : answer.failure;
    if (!answer.ok) return;
    transferId.value = answer.value.transferId;
    step.value = 'send';
  };

  return {
    step,
    files,
    selected,
    selectedId,
    chosenConnectionId,
    connection,
    route,
    transferId,
    transfer,
    starting,
    startFailure,
    blocked,
    asked,
    askForFiles,
    onAskedByMenu,
    addPath,
    addFile,
    remove,
    reset,
    changeForm,
    changeFormat,
    send,
  };
});
