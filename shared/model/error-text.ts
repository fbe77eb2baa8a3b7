/** What a person is told about a code: what happened, why it happens, what can be done. Plain sentences. */
export interface ErrorText {
  readonly title: string;
  readonly why: string;
  readonly whatToDo: string;
}
