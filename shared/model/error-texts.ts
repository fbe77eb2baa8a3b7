import type { ErrorCode } from '../error-codes.ts';
import { commandTexts } from './command-texts.ts';
import type { ErrorText } from './error-text.ts';
import { holdTexts } from './hold-texts.ts';
import { refusalTexts } from './refusal-texts.ts';
import { rejectTexts } from './reject-texts.ts';
import { watchTexts } from './watch-texts.ts';

/** The text of every code, for the interface and the command line alike. */
export const errorTexts = { ...rejectTexts, ...refusalTexts, ...holdTexts, ...watchTexts, ...commandTexts } as const satisfies Record<
  ErrorCode,
  ErrorText
>;
