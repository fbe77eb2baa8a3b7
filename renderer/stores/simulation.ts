import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import type { FormatSettings } from '../../shared/contract/mapping.ts';
import { bridge } from '../bridge.ts';
import { draftOf, missingOf, nameOfPath, type DraftFile } from './draft-file.ts';
import { createFileReading } from './file-reading.ts';
import { mappingOf, type MappingFormChange } from './mapping-form.ts';
import { useSchema } from './schema.ts';

/** A sample file held against the schema: where each of its first rows would land. Nothing is sent. */
export const useSimulation = defineStore('simulation', () => {
  const schema = useSchema();
  const file = shallowRef<DraftFile>();
  const result = shallowRef<CommandOutput<'schema.simulate'>>();
  const failure = shallowRef<Failure>();
  const running = ref(false);
  /** Counts the wishes for the browser's file dialog. */
  const asked = ref(0);
  let nextFile = 1;
  let turn = 0;

  const reading = createFileReading({
    get: (id) => (file.value?.id === id ? file.value : undefined),
    patch: (id, change) => {
      if (file.value?.id === id) file.value = { ...file.value, ...change };
    },
  });
  const needs = computed(() => file.value !== undefined && missingOf(file.value).length > 0);
  const mapping = computed(() => {
    const { form, inspection, failure: unreadable } = file.value ?? {};
    if (form === undefined || inspection === undefined || unreadable !== undefined || needs.value) return undefined;
    return mappingOf(form, inspection.suggestion);
  });

  const run = async () => {
    const mine = ++turn;
    const connectionId = schema.connection?.id;
    const path = file.value?.path;
    if (connectionId === undefined || path === undefined || mapping.value === undefined) {
      result.value = undefined;
      return;
    }
    running.value = true;
    const answer = await bridge.call('schema.simulate', { connectionId, path, mapping: mapping.value });
    if (mine !== turn) return;
    running.value = false;
    failure.value = answer.ok ? undefined : answer.failure;
    result.value = answer.ok ? answer.value : undefined;
  };
  // A reading under way brings another mapping soon.
  watch([() => JSON.stringify(mapping.value), () => file.value?.reading, () => schema.current?.readAt, () => schema.connection?.id], () => {
    if (file.value?.reading !== true) void run();
  });

  const open = (name: string, sizeBytes: number | undefined, path: string | undefined) => {
    reading.forgetAll();
    result.value = undefined;
    failure.value = undefined;
    const id = `simulated-${nextFile++}`;
    file.value = draftOf(id, name, path, sizeBytes);
    return { id, signal: reading.begin(id) };
  };
  const takePath = async (path: string) => reading.read(open(nameOfPath(path), undefined, path).id);
  const takeFile = async (chosen: File) => {
    const { id, signal } = open(chosen.name, chosen.size, undefined);
    const path = await bridge.pathOf(chosen, () => {}, signal);
    if (file.value?.id !== id) return;
    if (!path.ok) file.value = { ...file.value, failure: path.failure };
    else {
      file.value = { ...file.value, path: path.value };
      await reading.read(id);
    }
  };
  /** Opens the native dialog; where there is none, the screen shows the browser's own (it watches `asked`). */
  const askForFile = async () => {
    if (bridge.chooseFiles === undefined) asked.value++;
    else {
      const [path] = await bridge.chooseFiles();
      if (path !== undefined) await takePath(path);
    }
  };
  const changeForm = (change: MappingFormChange) => {
    if (file.value !== undefined) reading.changeForm(file.value.id, change);
  };
  const changeFormat = async (change: Partial<FormatSettings>) => {
    if (file.value !== undefined) await reading.changeFormat(file.value.id, change);
  };
  return { file, result, failure, running, needs, asked, askForFile, takePath, takeFile, changeForm, changeFormat };
});
