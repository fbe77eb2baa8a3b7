import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxControl as HostsSandboxControl } from '../../electron/api/sandbox-control.ts';
import { createSandboxControl, type SandboxControl } from '../../electron/sandbox/control.ts';
import { sandboxStatusSchema, type SandboxStatus } from '../../shared/contract/sandbox.ts';
import { putEvents, weather } from './sandbox-client.ts';

const workerPath = fileURLToPath(new URL('../../electron/sandbox/sandbox-worker.ts', import.meta.url));

describe('the sandbox in its worker thread', () => {
  let dataDir = '';
  let control: SandboxControl;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    control = createSandboxControl({ workerPath, dataDir });
  });
  afterEach(async () => {
    await control.dispose();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('fits where its host needs it', () => {
    const forHost: HostsSandboxControl = control;
    expect(forHost.status()).toEqual({ state: 'stopped', faults: [], rows: 0, errors: 0, requests: 0 });
  });

  it('starts once, answers, tells how it is doing, and stops', async () => {
    const seen: SandboxStatus[] = [];
    let heard = (): void => undefined;
    control.subscribe((status) => {
      seen.push(sandboxStatusSchema.parse(status));
      heard();
    });
    const [access, again] = await Promise.all([control.start(), control.start()]);
    expect(again).toEqual(access);
    expect(control.status()).toMatchObject({ state: 'running', root: access.root });
    await putEvents(access, [...weather(3), {}]);
    await new Promise<void>((resolve) => {
      heard = () => {
        if (control.status().rows === 3) resolve();
      };
      heard();
    });
    expect(control.status()).toMatchObject({ rows: 3, errors: 1, requests: 1 });
    expect(await control.tables()).toEqual({ tables: [{ name: 'weather', rows: 3, columns: ['row'] }] });
    expect(await control.rows({ table: 'weather', offset: 2, limit: 1 })).toMatchObject({ total: 3, rows: [{ fields: { row: '2' } }] });
    expect(await control.errors({ offset: 0, limit: 10 })).toMatchObject({ total: 1 });
    await expect(control.rows({ table: 'nowhere', offset: 0, limit: 1 })).rejects.toMatchObject({ code: 'not-found' });
    await control.setFaults([{ kind: 'status', status: 503, rate: 1 }]);
    expect(control.status().faults).toEqual([{ kind: 'status', status: 503, rate: 1 }]);
    expect((await putEvents(access, weather(1))).status).toBe(503);
    await control.stop();
    expect(control.status()).toMatchObject({ state: 'stopped', faults: [] });
    expect(control.status().root).toBeUndefined();
    expect(seen[0]?.state).toBe('starting');
    await expect(control.tables()).rejects.toMatchObject({ code: 'sandbox-not-running' });
    expect(await control.start()).toEqual(access);
    expect((await control.tables()).tables).toHaveLength(1);
  });

  it('says why it cannot start', async () => {
    const first = createSandboxControl({ workerPath, dataDir: join(dataDir, 'other') });
    const { root } = await first.start();
    const second = createSandboxControl({ workerPath, dataDir, port: Number(new URL(root).port) });
    await expect(second.start()).rejects.toMatchObject({
      code: 'sandbox-failed',
      message: expect.stringContaining('EADDRINUSE') as string,
    });
    await second.stop();
    await first.dispose();
  });
});
