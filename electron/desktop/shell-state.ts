import type { ShellStatus } from './engine-messages.ts';

/** What the main process knows of the engine. */
export interface ShellState {
  /** Undefined until the engine has told of itself. */
  readonly status: ShellStatus | undefined;
  set(status: ShellStatus): void;
  onChange(listener: (status: ShellStatus) => void): void;
}

export function createShellState(): ShellState {
  const listeners: ((status: ShellStatus) => void)[] = [];
  let current: ShellStatus | undefined;
  return {
    get status() {
      return current;
    },
    set: (status) => {
      current = status;
      for (const listener of listeners) listener(status);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
