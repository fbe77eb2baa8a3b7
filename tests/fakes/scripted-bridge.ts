/** The way of the page to the engine, answered by a script; what a store asks is kept. */
import type { Script } from './fake-host.ts';
import { ScriptedFailure } from './fake-host.ts';

export interface ScriptedBridge {
  readonly asked: { readonly command: string; readonly input: unknown }[];
  script: Script;
  call(command: string, input: unknown): Promise<unknown>;
}

/** For `vi.mock('…/renderer/bridge.ts')`: stores take it for the real one. */
export const scriptedBridge: ScriptedBridge = {
  asked: [],
  script: {},
  async call(command, input) {
    scriptedBridge.asked.push({ command, input });
    const respond = scriptedBridge.script[command as keyof Script] as ((input: unknown) => unknown) | undefined;
    if (respond === undefined) throw new Error(`${command} is not scripted`);
    try {
      return { ok: true, value: await respond(input) };
    } catch (error) {
      if (error instanceof ScriptedFailure) return { ok: false, failure: error.failure };
      throw error;
    }
  },
};
