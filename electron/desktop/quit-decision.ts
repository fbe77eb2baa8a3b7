import type { ShellStatus } from './engine-messages.ts';

export interface QuitCircumstances {
  readonly status: ShellStatus | undefined;
  /** A signal or the system ends the app: nobody is there to answer. */
  readonly bySystem: boolean;
  /** Somebody has said already that it is to end now. */
  readonly isDecided: boolean;
}

/** Whether the app ends at once or asks first: only while rows are on their way that would be there if it waited. */
export function decideQuit({ status, bySystem, isDecided }: QuitCircumstances): 'quit' | 'ask' {
  return bySystem || isDecided || status === undefined || !isWorthWaiting(status) ? 'quit' : 'ask';
}

/** Rows that nothing holds up. */
export const isWorthWaiting = ({ rowsQueued, paused, blocked }: ShellStatus): boolean => rowsQueued > 0 && !paused && !blocked;

/** Whether the app goes on when its last window is closed. */
export const staysInTray = (
  { keepRunning }: { readonly keepRunning: boolean },
  status: ShellStatus | undefined,
  hasTray: boolean,
): boolean => keepRunning && hasTray && (status?.folders ?? 0) > 0;

export const quitQuestion = ({ rowsQueued }: ShellStatus) => ({
  message: `${rowsQueued.toLocaleString('en-US')} ${rowsQueued === 1 ? 'row is' : 'rows are'} still on the way`,
  detail: 'Nothing is lost: what is not confirmed yet goes out at the next start.',
  buttons: ['Quit now', 'Quit when they are sent', 'Cancel'],
});
