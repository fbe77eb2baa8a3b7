/** Entry of the tail reader's thread: read → shape → batch for files that grow, off the thread that signs, sends and records. */
import { parentPort, type Transferable } from 'node:worker_threads';
import { TailHandles } from './read/tail-handles.ts';
import type { FromTailReader, ToTailReader } from './read/tail-protocol.ts';
import { TailSession } from './tail-session.ts';

const port = parentPort;
if (port === null) throw new Error('the tail reader runs as a worker thread');

const handles = new TailHandles();
const sessions = new Map<number, TailSession>();

const post = (message: FromTailReader): void => {
  port.postMessage(message, message.kind === 'tail-body' ? movedWith(message) : []);
};

function movedWith({ payload }: Extract<FromTailReader, { kind: 'tail-body' }>): Transferable[] {
  const { bytes, starts, rows } = payload;
  const moved = [starts.buffer as ArrayBuffer, rows.buffer as ArrayBuffer];
  return bytes.buffer instanceof SharedArrayBuffer ? moved : [...moved, bytes.buffer];
}

port.on('message', (message: ToTailReader) => {
  const { session } = message;
  switch (message.kind) {
    case 'tail-open':
      sessions.set(session, new TailSession(session, message.settings, handles, post));
      return;
    case 'tail-close': {
      const closing = sessions.get(session)?.close() ?? Promise.resolve();
      sessions.delete(session);
      void closing.then(() => post({ kind: 'tail-closed', session }));
      return;
    }
    default:
      sessions.get(session)?.handle(message);
  }
});
