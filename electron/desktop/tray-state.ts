import { errorTexts } from '../../shared/model/error-texts.ts';
import type { ShellStatus } from './engine-messages.ts';

export const trayStates = ['idle', 'busy', 'attention', 'paused'] as const;
export type TrayState = (typeof trayStates)[number];

/** What the icon shows. Attention outweighs the rest: it is what somebody has to do something about. */
export function trayStateOf(status: ShellStatus | undefined): TrayState {
  if (status === undefined) return 'idle';
  if (status.attention.length > 0) return 'attention';
  if (status.paused) return 'paused';
  return status.moving ? 'busy' : 'idle';
}

/** The first line of the menu, and what is shown when the pointer rests on the icon. */
export function stateLine(status: ShellStatus | undefined): string {
  if (status === undefined) return 'Starting…';
  const { attention, paused, moving, rowsPerSecond, rowsToday, folders, rowsQueued } = status;
  const [first, ...others] = attention;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : `, and ${count(others.length)} more`;
    return `${errorTexts[first.code].title} (${first.subject})${more}`;
  }
  if (paused) return rowsQueued === 0 ? 'Paused' : `Paused, ${counted(rowsQueued, 'row')} waiting`;
  if (moving) return rowsPerSecond < 1 ? 'Uploading' : `Uploading, ${count(Math.round(rowsPerSecond))} rows/s`;
  const today = rowsToday === 0 ? '' : `, ${counted(rowsToday, 'row')} today`;
  return folders === 0 ? `Nothing to upload${today}` : `${counted(folders, 'folder')} watched, up to date${today}`;
}

const count = (value: number): string => value.toLocaleString('en-US');
const counted = (value: number, one: string): string => `${count(value)} ${one}${value === 1 ? '' : 's'}`;
