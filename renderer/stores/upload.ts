import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { Transfer, TransferFile } from '../../shared/contract/transfers.ts';
import type { Route } from '../../shared/model/route.ts';
import { bridge } from '../bridge.ts';
import { useChecking } from './checking.ts';
import { draftOf, mappingOfDraft, nameOfPath, whyBlocked, type DraftFile } from './draft-file.ts';
import { useEngine } from './engine.ts';
import { createFileReading } from './file-reading.ts';
import type { ChosenMapping } from './mappings.ts';

export const steps = ['files', 'read', 'map', 'check', 'send', 'done'] as const;
export type Step = (typeof steps)[number];

/** The upload being prepared and the one it became. Kept while the person looks at other screens. */
export const useUpload = defineStore('upload', () => {
  const engine = useEngine();
  const checking = useChecking();
  const step = ref<Step>('files');
  const files = shallowRef<readonly DraftFile[]>([]);
  const selectedId = ref<string>();
  const chosenConnectionId = ref<string>();
  const route = ref<Route>('stream');
  const transferId = ref<string>();
  const starting = ref(false);
  const startFailure = shallowRef<Failure>();
  let nextFile = 1;
  /** Counts the wishes for the browser's file dialog. */
  const asked = ref(0);

  const connection = computed(() => engine.connections.find(({ id }) => id === chosenConnectionId.value) ?? engine.usualConnection);
  const selected = computed(() => files.value.find(({ id }) => id === selectedId.value) ?? files.value[0]);
  const transfer = computed(() => engine.transfers.find(({ id }) => id === transferId.value));
  const blocked = computed(() => whyBlocked(files.value, connection.value));
  /** A file that is just read anew for its preview can be checked: the check looks at it as its form says. */
  const blockedFromCheck = computed(() =>
    whyBlocked(
      files.value.map((file) => ({ ...file, reading: false })),
      connection.value,
    ),
  );

  const patch = (id: string, change: Partial<DraftFile>) => {
    files.value = files.value.map((file) => (file.id === id ? { ...file, ...change } : file));
  };
  const reading = createFileReading({
    get: (id) => files.value.find((file) => file.id === id),
    patch,
    connectionId: () => connection.value?.id,
  });

  /** What the rows become is looked at again: the schema that it depends on is known now, or is another one. */
  const previewAgain = () => {
    for (const { id, inspection } of files.value) if (inspection !== undefined) reading.refresh(id);
  };

  const reset = () => {
    reading.forgetAll();
    checking.forget();
    files.value = [];
    selectedId.value = undefined;
    transferId.value = undefined;
    startFailure.value = undefined;
    step.value = 'files';
  };

  const open = (name: string, sizeBytes: number | undefined, path: string | undefined) => {
    if (step.value === 'send' || step.value === 'done') reset();
    // What is checked are the files there were; the new one has to be looked at first.
    if (step.value === 'map' || step.value === 'check') step.value = 'read';
    const id = `file-${nextFile++}`;
    files.value = [...files.value, draftOf(id, name, path, sizeBytes)];
    return { id, signal: reading.begin(id) };
  };

  const addPath = async (path: string, sizeBytes?: number) => {
    if (files.value.some((file) => file.path === path) && step.value !== 'send' && step.value !== 'done') return;
    await reading.read(open(nameOfPath(path), sizeBytes, path).id);
  };

  const addFile = async (file: File) => {
    const { id, signal } = open(file.name, file.size, undefined);
    const path = await bridge.pathOf(file, (sentBytes) => patch(id, { handedOverBytes: sentBytes }), signal);
    if (!path.ok) patch(id, { failure: path.failure });
    else {
      patch(id, { path: path.value });
      await reading.read(id);
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
    reading.forget(id);
    files.value = files.value.filter((file) => file.id !== id);
    if (files.value.length === 0) step.value = 'files';
  };

  const mappedFiles = () =>
    files.value.flatMap((file) => {
      const { path, named } = file;
      const mapping = mappingOfDraft(file);
      if (path === undefined || mapping === undefined) return [];
      // Whether it still is what that version says, the engine sees.
      const mappingRef = named && { id: named.id, version: named.version };
      return [{ path, mapping, ...(mappingRef && { mappingRef }) }];
    });
  /** A saved mapping in place of what was said so far; nothing: what the content of the file suggests. */
  const takeMapping = async (id: string, named: ChosenMapping | undefined) => {
    patch(id, { named });
    await reading.read(id, named?.mapping);
  };
  /** What was said so far is a version of a saved mapping now. */
  const becameMapping = (id: string, named: ChosenMapping) => patch(id, { named });
  /** A file that is held goes on from where it stopped when it is sent again with another mapping. */
  const correct = async ({ id, path, sizeBytes }: TransferFile, { connectionId, route: by }: Transfer) => {
    if (!files.value.some((file) => file.path === path)) {
      const mapping = await bridge.call('mappings.ofFile', { fileId: id });
      reset();
      const opened = open(nameOfPath(path), sizeBytes, path);
      await reading.read(opened.id, mapping.ok ? mapping.value.mapping : undefined);
    }
    chosenConnectionId.value = connectionId;
    route.value = by;
    selectedId.value = files.value.find((file) => file.path === path)?.id;
    step.value = 'map';
  };

  /** Looks at every row as the files are mapped now; what is known of exactly this is not asked again, unless `again`. */
  const check = async (again = false) => {
    step.value = 'check';
    const input = {
      files: mappedFiles().map(({ path, mapping }) => ({ path, mapping })),
      ...(connection.value && { connectionId: connection.value.id }),
    };
    await (again ? checking.begin(input) : checking.ensure(input));
  };

  const send = async (again = false) => {
    const target = connection.value;
    if (target === undefined || starting.value) return;
    starting.value = true;
    void checking.stop();
    const answer = await bridge.call('uploads.start', {
      connectionId: target.id,
      route: route.value,
      again,
      files: mappedFiles(),
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
    blockedFromCheck,
    asked,
    askForFiles,
    onAskedByMenu,
    addPath,
    addFile,
    remove,
    reset,
    previewAgain,
    takeMapping,
    becameMapping,
    correct,
    changeForm: reading.changeForm,
    changeFormat: reading.changeFormat,
    check,
    send,
  };
});
