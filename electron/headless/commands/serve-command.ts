import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { createHost } from '../../api/host.ts';
import { createSandboxControl } from '../../sandbox/control.ts';
import type { CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { serve } from '../serve.ts';
import { parseFlags } from '../upload/upload-options.ts';
import { openBrowser } from './open-browser.ts';
import { interrupted, listening, portFlag } from './server-options.ts';

const flagsSchema = z.object({
  port: portFlag,
  open: z.boolean().default(true),
  json: z.boolean().optional(),
  dataDir: z.string().min(1).optional(),
});

/** `serve`: the interface of the app in a browser, until the process is asked to end. */
export async function runServe(given: unknown, context: CliContext): Promise<ExitCode> {
  const { bundleDir, env, output } = context;
  const flags = parseFlags(flagsSchema, given);
  const dataDir = resolveDataDir(flags.dataDir, env);
  const session = await context.openEngine({ dataDir, secrets: 'saved', resume: true, watch: 'saved', tellsStatus: true });
  const { engine, clock, logger, vault } = session;
  const sandbox = createSandboxControl({ workerPath: path.join(bundleDir, 'sandbox-worker.js'), dataDir });
  const app = { version: context.version, host: 'browser' as const, platform: process.platform, dataDir, vault };
  const host = createHost({ engine, sandbox, app, samplesDir: path.join(bundleDir, 'samples'), clock, logger });
  try {
    const rendererDir = path.join(bundleDir, 'renderer');
    const token = randomBytes(32).toString('base64url');
    const served = await listening(flags.port, () => serve({ port: flags.port, engine, host, rendererDir, dataDir, token, logger }));
    try {
      if (flags.json) output.object({ kind: 'ready', url: served.url });
      else output.line(`The interface is at ${served.url}\nThe address lets in whoever knows it. Ctrl+C ends it.`);
      if (flags.open && !context.interruption.aborted) await openBrowser(served.url, process.platform, env);
      await interrupted(context.interruption);
    } finally {
      await served.close();
    }
    return exitCodes.done;
  } finally {
    host.dispose();
    await sandbox.dispose();
    await session.close();
  }
}
