import type { Failure } from '../../shared/contract/common.ts';
import { UploaderError } from '../engine/errors.ts';
import type { Logger } from '../engine/ports.ts';
import { answerRequest, type Carry } from './answer-request.ts';
import type { Channel } from './channel.ts';
import type { Host } from './host.ts';

/**
 * Stands where a host would when the engine cannot be opened (`journal-newer`, `data-dir-locked` …): answers every
 * request with that failure, so that the person sees the reason and not an empty window.
 */
export function createRefusingHost(reason: Failure, logger: Logger): Host {
  const channels = new Set<Channel>();
  const carry: Carry = () => Promise.reject(new UploaderError(reason.code, reason.message, reason.context));
  return {
    connect: (channel) => {
      channels.add(channel);
      channel.onClose(() => void channels.delete(channel));
      channel.onMessage((message) => {
        void answerRequest(message, carry, logger).then((answer) => {
          channel.post(answer);
        });
      });
      return {
        dispose: () => {
          channels.delete(channel);
          channel.close();
        },
      };
    },
    dispose: () => {
      for (const channel of [...channels]) channel.close();
      channels.clear();
    },
  };
}
