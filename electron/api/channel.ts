/**
 * A pipe to one client of the host: a MessagePort in the app, a WebSocket in `serve`. What arrives is not to be
 * trusted. Messages that arrive before `onMessage` is called are kept for it.
 */
export interface Channel {
  /** Never throws; after the channel has closed it does nothing. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, whoever closed it. */
  onClose(listener: () => void): void;
  close(): void;
}
