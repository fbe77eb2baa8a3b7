import type { Channel } from '../../electron/api/channel.ts';

/** Both ends of a pipe in memory: `host` is given to the host, the rest is what a client does and sees. */
export interface ChannelPair {
  readonly host: Channel;
  /** As it is, without a structured clone: worse things can be sent than over a real channel. */
  send(message: unknown): void;
  readonly received: readonly unknown[];
  /** Resolves with what is posted next, or with what was posted since the last call. */
  next(): Promise<unknown>;
  close(): void;
  readonly isClosed: boolean;
}

export function channelPair(): ChannelPair {
  const received: unknown[] = [];
  const messageListeners: ((message: unknown) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let taken = 0;
  let isClosed = false;
  let wake: (() => void) | undefined;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    for (const listener of closeListeners) listener();
  };
  return {
    host: {
      post: (message) => {
        if (isClosed) return;
        received.push(message);
        wake?.();
      },
      onMessage: (listener) => void messageListeners.push(listener),
      onClose: (listener) => void closeListeners.push(listener),
      close,
    },
    send: (message) => {
      for (const listener of messageListeners) listener(message);
    },
    received,
    next: async () => {
      while (taken >= received.length) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return received[taken++];
    },
    close,
    get isClosed() {
      return isClosed;
    },
  };
}
