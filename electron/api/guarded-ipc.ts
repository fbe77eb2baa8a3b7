import { z } from 'zod';
import type { Logger } from '../engine/ports.ts';

/** What of Electron's `ipcMain` is used; nobody else uses it. */
export interface IpcReceiver {
  handle(channel: string, listener: (event: IpcEvent, ...args: unknown[]) => unknown): void;
  on(channel: string, listener: (event: IpcEvent, ...args: unknown[]) => void): unknown;
}

/** What of an `IpcMainEvent` decides whether it is listened to. */
export interface IpcEvent {
  readonly senderFrame: IpcFrame | null;
  readonly sender: unknown;
}

export interface IpcFrame {
  readonly url: string;
  readonly parent: unknown;
}

export interface GuardedIpc {
  /** Answers a question of the page. Rejects in the page when sender or arguments are not right. */
  answer<Args extends readonly unknown[]>(
    channel: string,
    args: z.ZodType<Args>,
    answer: (event: IpcEvent, ...args: Args) => Promise<unknown>,
  ): void;
  /** Takes a message of the page; one that is not right is logged and changes nothing. */
  listen<Args extends readonly unknown[]>(channel: string, args: z.ZodType<Args>, listener: (event: IpcEvent, ...args: Args) => void): void;
}

export const noArguments = z.tuple([]);

/**
 * Lets through to the handlers only what the main frame of the app's own page sends (`isOwnPage` decides by its URL),
 * with arguments that were parsed.
 */
export function createGuardedIpc(ipc: IpcReceiver, isOwnPage: (url: string) => boolean, logger: Logger): GuardedIpc {
  const check = <Args extends readonly unknown[]>(
    channel: string,
    schema: z.ZodType<Args>,
    event: IpcEvent,
    args: readonly unknown[],
  ): Args => {
    const frame = event.senderFrame;
    const refuse = (reason: string): never => {
      logger.warn('a message to the main process was refused', { channel, reason });
      throw new Error(`${channel} was refused: ${reason}`);
    };
    // No frame: it has navigated away or is gone since it sent.
    if (frame === null || frame.parent !== null || !isOwnPage(frame.url)) return refuse('the sender is not the page of the app');
    const parsed = schema.safeParse(args);
    return parsed.success ? parsed.data : refuse('the arguments are not right');
  };
  return {
    answer: (channel, schema, answer) => {
      ipc.handle(channel, (event, ...args) => answer(event, ...check(channel, schema, event, args)));
    },
    listen: (channel, schema, listener) => {
      ipc.on(channel, (event, ...args) => {
        let checked;
        try {
          checked = check(channel, schema, event, args);
        } catch {
          // Logged by `check`; there is nobody who waits for an answer.
          return;
        }
        listener(event, ...checked);
      });
    },
  };
}
