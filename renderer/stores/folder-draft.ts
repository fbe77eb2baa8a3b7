import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { FolderPreview } from '../../shared/contract/folders.ts';
import type { FormatSettings, Mapping } from '../../shared/contract/mapping.ts';
import { bridge } from '../bridge.ts';
import type { MessageKey } from '../messages/translate.ts';
import { draftOf, mappingOfDraft, missingOf, nameOfPath, type DraftFile } from './draft-file.ts';
import { useEngine } from './engine.ts';
import { createFileReading } from './file-reading.ts';
import { fileInFolder, folderInputOf, formOfFolder, whyFolderBlocked, type FolderFormChange } from './folder-form.ts';
import { createFolderPreview } from './folder-preview.ts';
import type { MappingFormChange } from './mapping-form.ts';
import { isSameMapping, type ChosenMapping } from './mappings.ts';

/** The watched folder that is being added or changed. Kept while the person looks at other screens. */
export const useFolderDraft = defineStore('folder-draft', () => {
  const engine = useEngine();
  const folderId = ref<string>();
  const isOpen = ref(false);
  const form = shallowRef(formOfFolder(undefined, ''));
  /** The mapping the folder has; kept as it is until a sample file was read. */
  const ownMapping = shallowRef<Mapping>();
  /** The saved mapping that the folder uses, or is to use. */
  const named = shallowRef<ChosenMapping>();
  const sample = shallowRef<DraftFile>();
  const saving = ref(false);
  const failure = shallowRef<Failure>();
  /** How the sample is read was changed by hand. */
  const edited = ref(false);
  let pristine = '';
  let nextSample = 1;

  const reading = createFileReading({
    get: (id) => (sample.value?.id === id ? sample.value : undefined),
    patch: (id, change) => {
      if (sample.value?.id === id) sample.value = { ...sample.value, ...change };
    },
  });

  const chooseSample = async (relative: string) => {
    const path = fileInFolder(form.value.path.trim(), relative);
    reading.forgetAll();
    const id = `sample-${nextSample++}`;
    sample.value = draftOf(id, nameOfPath(relative), path);
    reading.begin(id);
    await reading.read(id, ownMapping.value);
  };
  const dropSample = () => {
    reading.forgetAll();
    sample.value = undefined;
  };
  /** The first file that is taken serves as the sample, until a person chooses another. */
  const takeSample = ({ samples }: FolderPreview) => {
    const matched = samples.filter((file) => file.matched);
    const isThere = matched.some(({ path }) => fileInFolder(form.value.path.trim(), path) === sample.value?.path);
    if (isThere) return;
    dropSample();
    const [first] = matched;
    if (first !== undefined) void chooseSample(first.path);
  };
  const counts = createFolderPreview(takeSample);

  const mapping = computed((): Mapping | undefined => {
    if (sample.value === undefined || sample.value.failure !== undefined) return ownMapping.value;
    return mappingOfDraft(sample.value) ?? ownMapping.value;
  });
  const isChanged = computed(() => edited.value || JSON.stringify(form.value) !== pristine);

  /** Begins with what the folder is set to, or goes on with what was entered. Without an id: a new one. */
  const open = (id: string | undefined) => {
    if (isOpen.value && folderId.value === id) return;
    const folder = engine.folders.find((known) => known.id === id);
    const first = engine.connections.find(({ isSandbox }) => !isSandbox) ?? engine.connections[0];
    folderId.value = id;
    isOpen.value = true;
    failure.value = undefined;
    form.value = formOfFolder(folder, first?.id ?? '');
    // A metric type that was said beside the mapping counts more; here they are one again.
    ownMapping.value =
      folder?.mapping && folder.metricType !== undefined
        ? { ...folder.mapping, metricType: { kind: 'constant', value: folder.metricType } }
        : folder?.mapping;
    named.value =
      folder?.mapping && folder.mappingId !== undefined && folder.namedMapping
        ? { id: folder.mappingId, ...folder.namedMapping, mapping: folder.mapping }
        : undefined;
    pristine = JSON.stringify(form.value);
    edited.value = false;
    dropSample();
    counts.preview.value = undefined;
    counts.ask(form.value);
  };
  const close = () => {
    counts.stop();
    dropSample();
    isOpen.value = false;
  };
  const change = (part: FolderFormChange) => {
    form.value = { ...form.value, ...part };
    if (['path', 'taken', 'include', 'exclude', 'recursive'].some((name) => name in part)) counts.ask(form.value);
  };
  /** Absent in a browser, where the path is typed. */
  const choosePath =
    bridge.chooseFolder &&
    (async () => {
      const path = await bridge.chooseFolder?.();
      if (path !== undefined) change({ path });
    });

  const changeMapping = (part: MappingFormChange) => {
    edited.value = true;
    if (sample.value !== undefined) reading.changeForm(sample.value.id, part);
  };
  /** A saved mapping in place of what was said so far; nothing: one of its own, which begins with what there is. */
  const takeMapping = async (chosen: ChosenMapping | undefined) => {
    edited.value = true;
    named.value = chosen;
    if (chosen === undefined) return;
    ownMapping.value = chosen.mapping;
    if (sample.value !== undefined) await reading.read(sample.value.id, chosen.mapping);
  };
  /** What was said so far is a version of a saved mapping now. */
  const becameMapping = (saved: ChosenMapping) => {
    edited.value = true;
    named.value = saved;
  };
  const changeFormat = async (part: Partial<FormatSettings>) => {
    edited.value = true;
    if (sample.value !== undefined) await reading.changeFormat(sample.value.id, part);
  };

  const blocked = computed((): MessageKey | undefined => {
    const missing = sample.value === undefined ? [] : missingOf(sample.value);
    if (missing.includes('metricType')) return 'folderForm.blocked.metricType';
    return missing.includes('timestamp') ? 'folderForm.blocked.timestamp' : undefined;
  });
  const whyBlocked = computed(() => whyFolderBlocked(form.value) ?? blocked.value);

  /** The id of the folder when it is saved. */
  const save = async (): Promise<string | undefined> => {
    if (whyBlocked.value !== undefined || saving.value) return undefined;
    saving.value = true;
    const isNamed = named.value !== undefined && (mapping.value === undefined || isSameMapping(mapping.value, named.value.mapping));
    const input = folderInputOf(form.value, mapping.value, isNamed ? named.value?.id : undefined);
    const id = folderId.value;
    const answer = id === undefined ? await bridge.call('folders.add', input) : await bridge.call('folders.update', { ...input, id });
    saving.value = false;
    failure.value = answer.ok ? undefined : answer.failure;
    if (!answer.ok) return undefined;
    close();
    return answer.value.id;
  };

  return {
    folderId,
    form,
    ownMapping,
    named,
    sample,
    mapping,
    isChanged,
    saving,
    failure,
    whyBlocked,
    preview: counts.preview,
    previewFailure: counts.failure,
    counting: counts.counting,
    stopCounting: counts.stop,
    open,
    close,
    change,
    choosePath,
    chooseSample,
    changeMapping,
    takeMapping,
    becameMapping,
    changeFormat,
    save,
  };
});
