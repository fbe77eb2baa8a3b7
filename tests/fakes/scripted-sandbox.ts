import type { SandboxAccess, SandboxControl } from '../../electron/api/sandbox-control.ts';
import type { SandboxStatus } from '../../shared/contract/sandbox.ts';

export interface ScriptedSandbox extends SandboxControl {
  readonly calls: readonly string[];
  /** What the next start gives: another port, other secrets. */
  access: SandboxAccess;
  /** Thrown by the next start. */
  startFailure: Error | undefined;
}

export const sandboxAccess: SandboxAccess = {
  root: 'http://127.0.0.1:49152',
  stage: 'v1',
  region: 'us-east-1',
  secrets: { apiKey: 'sandbox-api-key', accessKeyId: 'SANDBOXKEYID', secretAccessKey: 'sandbox-secret-key' },
};

/** A sandbox that only changes its state. */
export function scriptedSandbox(): ScriptedSandbox {
  const calls: string[] = [];
  const listeners = new Set<(status: SandboxStatus) => void>();
  let status: SandboxStatus = { state: 'stopped', faults: [], rows: 0, errors: 0, requests: 0 };
  const become = (next: Partial<SandboxStatus>): void => {
    status = { ...status, ...next };
    for (const listener of listeners) listener(status);
  };
  const sandbox: ScriptedSandbox = {
    calls,
    access: sandboxAccess,
    startFailure: undefined,
    status: () => status,
    subscribe: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    start: async () => {
      calls.push('start');
      if (sandbox.startFailure !== undefined) throw sandbox.startFailure;
      become({ state: 'running', root: sandbox.access.root });
      return sandbox.access;
    },
    stop: async () => {
      calls.push('stop');
      become({ state: 'stopped' });
    },
    setFaults: async (faults) => {
      calls.push('setFaults');
      become({ faults: [...faults] });
    },
    tables: async () => ({ tables: [{ name: 'weather', rows: 2, columns: ['wind'] }] }),
    rows: async () => ({
      columns: ['wind'],
      rows: [{ metricType: 'weather', timestamp: 1_700_000_000_000, fields: { wind: '3.5' } }],
      total: 1,
    }),
    errors: async () => ({ errors: [{ at: 1_700_000_000_000, source: 'stream', message: 'no timestamp', event: '{}' }], total: 1 }),
    dispose: async () => void calls.push('dispose'),
  };
  return sandbox;
}
