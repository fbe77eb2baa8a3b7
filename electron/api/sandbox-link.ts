import type { SandboxStatus } from '../../shared/contract/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import type { SandboxAccess, SandboxControl } from './sandbox-control.ts';

/** The sandbox's connection is the only one with this id. */
export const sandboxConnectionId = 'sandbox';
const sandboxConnectionName = 'Local sandbox';

/** Holds the embedded sandbox and the engine's connection to it together. */
export interface SandboxLink {
  /** With `connectionId` once there is a connection. */
  status(): SandboxStatus;
  /** Starts the sandbox and makes the engine know where it listens and what it accepts. */
  start(): Promise<SandboxStatus>;
  stop(): Promise<SandboxStatus>;
  /** Before something is sent over a connection: starts the sandbox when it is the sandbox's. */
  ensureFor(connectionId: string): Promise<void>;
}

export function createSandboxLink(engine: Engine, control: SandboxControl): SandboxLink {
  /** What the engine was last told; unknown at first, since secrets cannot be read back. */
  let told: string | undefined;
  let starting: Promise<void> | undefined;
  const connection = () => engine.listConnections().find(({ id }) => id === sandboxConnectionId);

  const status = (): SandboxStatus => ({
    ...control.status(),
    ...(connection() === undefined ? {} : { connectionId: sandboxConnectionId }),
  });

  const tellEngine = async (access: SandboxAccess): Promise<void> => {
    const { root, stage, region, secrets } = access;
    const current = connection();
    const key = JSON.stringify([root, stage, region, secrets]);
    if (current === undefined) {
      const input = { name: freeName(engine), root, stage, region, limits: {}, secrets };
      await engine.addConnection(input, { id: sandboxConnectionId, isSandbox: true });
    } else if (key !== told || current.root !== root || current.stage !== stage || current.region !== region) {
      const { id, name, limits } = current;
      await engine.updateConnection({ id, name, root, stage, region, limits, secrets });
    }
    told = key;
  };

  const start = async (): Promise<SandboxStatus> => {
    starting ??= control
      .start()
      .then(tellEngine)
      .finally(() => {
        starting = undefined;
      });
    await starting;
    return status();
  };

  return {
    status,
    start,
    stop: async () => {
      await control.stop();
      return status();
    },
    ensureFor: async (connectionId) => {
      if (connectionId === sandboxConnectionId && connection() !== undefined && control.status().state !== 'running') await start();
    },
  };
}

/** Names of connections are unique, and a person may have taken this one. */
function freeName(engine: Engine): string {
  const taken = new Set(engine.listConnections().map(({ name }) => name.toLowerCase()));
  const candidates = [
    sandboxConnectionName,
    ...Array.from({ length: taken.size + 1 }, (_, index) => `${sandboxConnectionName} ${index + 2}`),
  ];
  return candidates.find((name) => !taken.has(name.toLowerCase())) ?? sandboxConnectionName;
}
