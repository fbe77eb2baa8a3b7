import type { RawData, WebSocket } from 'ws';
import type { Channel } from '../api/channel.ts';
import type { Logger } from '../engine/ports.ts';

/** A browser that does not take what it is sent is let go before it fills the memory; it connects anew and asks for the state. */
const maxBufferedBytes = 32 * 1024 * 1024;

/** A WebSocket as a channel of the host: JSON texts. What is not JSON arrives as `undefined`, which no request is. */
export function createSocketChannel(socket: WebSocket, logger: Logger): Channel {
  socket.on('error', (error) => logger.warn('a browser was let go', { reason: error.message }));
  return {
    post: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > maxBufferedBytes) {
        logger.warn('a browser does not take what it is sent and is let go');
        socket.terminate();
        return;
      }
      socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => void socket.on('message', (data, isBinary) => listener(isBinary ? undefined : parsed(data))),
    onClose: (listener) => void socket.once('close', () => listener()),
    close: () => socket.close(1001),
  };
}

function parsed(data: RawData): unknown {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
