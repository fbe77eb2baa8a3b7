import { ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { FolderPreview } from '../../shared/contract/folders.ts';
import { bridge } from '../bridge.ts';
import { excludeOf, includeOf, type FolderForm } from './folder-form.ts';

const typingPauseMs = 300;
type Asked = Pick<FolderForm, 'path' | 'taken' | 'include' | 'exclude' | 'recursive'>;

/** What the patterns would take, counted while they are typed; only the newest count is shown. */
export const createFolderPreview = (counted: (preview: FolderPreview) => void) => {
  const preview = shallowRef<FolderPreview>();
  const failure = shallowRef<Failure>();
  const counting = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  const stop = () => {
    turn++;
    clearTimeout(timer);
    counting.value = false;
  };
  const count = async (form: Asked) => {
    const mine = turn;
    const answer = await bridge.call('folders.preview', {
      path: form.path.trim(),
      include: includeOf(form),
      exclude: excludeOf(form),
      recursive: form.recursive,
    });
    if (mine !== turn) return;
    counting.value = false;
    failure.value = answer.ok ? answer.value.failure : answer.failure;
    preview.value = answer.ok && answer.value.failure === undefined ? answer.value : undefined;
    if (preview.value !== undefined) counted(preview.value);
  };
  /** Counts after a pause in typing; without a path there is nothing to count. */
  const ask = (form: Asked) => {
    stop();
    if (form.path.trim() === '') {
      preview.value = undefined;
      failure.value = undefined;
      return;
    }
    counting.value = true;
    timer = setTimeout(() => void count(form), typingPauseMs);
  };
  return { preview, failure, counting, ask, stop };
};
