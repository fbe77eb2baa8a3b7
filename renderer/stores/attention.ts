import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { attentionOf, type AttentionItem } from '../format/attention.ts';
import { useEngine } from './engine.ts';
import { useFlow } from './flow.ts';
import { useFolders } from './folders.ts';
import { useNavigation } from './navigation.ts';
import { useSchema } from './schema.ts';
import { useSchemaDrift } from './schema-drift.ts';

const storageKey = 'uploader-attention-seen';

/** What was put away at which count, as it was kept; anything else is taken for nothing. */
const seenFrom = (text: string | null): Readonly<Record<string, number>> => {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return {};
  }
};

/** What needs a person, and the way to it. */
export const useAttention = defineStore('attention', () => {
  const engine = useEngine();
  const flow = useFlow();
  const folders = useFolders();
  const navigation = useNavigation();
  const schema = useSchema();
  const drift = useSchemaDrift();
  const seen = shallowRef(seenFrom(localStorage.getItem(storageKey)));

  const items = computed(() =>
    attentionOf({
      flow: engine.flow,
      connections: engine.connections,
      folders: engine.folders,
      transfers: engine.transfers,
      drift: drift.byConnection,
    }).filter((item) => item.dismissable === undefined || item.count > (seen.value[item.key] ?? -1)),
  );
  const dismiss = (item: AttentionItem) => {
    seen.value = { ...seen.value, [item.key]: item.count };
    localStorage.setItem(storageKey, JSON.stringify(seen.value));
  };
  const act = async ({ action }: AttentionItem): Promise<void> => {
    switch (action.kind) {
      case 'resume-all':
        return flow.resume({ scope: 'all' });
      case 'resume-connection':
        return flow.resume({ scope: 'connection', id: action.id });
      case 'edit-connection':
        navigation.showConnectionForm(action.id);
        return;
      case 'show-folder':
        navigation.showFolder(action.id, action.state);
        return;
      case 'rescan-folder':
        return folders.rescan(action.id);
      case 'show-rejects':
        navigation.showTransfer(action.id, 'rejects');
        return;
      case 'show-transfer':
        navigation.showTransfer(action.id);
        return;
      case 'show-drift':
        schema.showDrift(action.id);
        navigation.go('schema');
        return;
    }
  };
  return { items, act, dismiss };
});
