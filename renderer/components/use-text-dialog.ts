import { reactive } from 'vue';

export interface TextQuestion {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly hint?: string;
  readonly action: string;
  readonly initial: string;
  readonly answer: (text: string) => unknown;
}

const noQuestion: TextQuestion = { title: '', text: '', label: '', action: '', initial: '', answer: () => undefined };

/** One dialog for all questions of a part: what it asks, and whom it tells. */
export const useTextDialog = () => {
  const dialog = reactive({ open: false, question: noQuestion });
  const ask = (question: TextQuestion) => {
    dialog.question = question;
    dialog.open = true;
  };
  return { dialog, ask };
};
