import path from 'node:path';
import { z } from 'zod';
import { lockDataDir } from '../../api/data-dir-lock.ts';
import { UploaderError } from '../../engine/errors.ts';
import { systemClock } from '../../engine/system-clock.ts';
import { createSandboxControl, type SandboxControlOptions } from '../../sandbox/control.ts';
import type { SandboxAccess } from '../../sandbox/server.ts';
import type { CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { secretVariables } from '../environment-secrets.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLines } from '../terminal/failure-text.ts';
import { limitFlagShapes, parseFlags } from '../upload/upload-options.ts';
import { interrupted, listening, portFlag } from './server-options.ts';

const { rate, burst } = z.object(limitFlagShapes).partial().shape;
const flagsSchema = z.object({
  port: portFlag,
  rate,
  burst,
  s3Endpoint: z.url({ protocol: /^https?$/, error: 'an http or https address is needed' }).optional(),
  json: z.boolean().optional(),
  dataDir: z.string().min(1).optional(),
});

/** `sandbox`: runs the embedded service until the process is asked to end. Its data stay for the next time. */
export async function runSandbox(given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const dataDir = path.join(resolveDataDir(flags.dataDir, context.env), 'sandbox');
  const s3 = flags.s3Endpoint === undefined ? undefined : objectStorage(flags.s3Endpoint, context);
  const limits = {
    ...(flags.rate === undefined ? {} : { requestsPerSecond: flags.rate }),
    ...(flags.burst === undefined ? {} : { burst: flags.burst }),
  };
  const lock = lockDataDir(dataDir, systemClock);
  const sandbox = createSandboxControl({
    workerPath: path.join(context.bundleDir, 'sandbox-worker.js'),
    ...{ dataDir, port: flags.port, limits },
    ...(s3 ? { s3 } : {}),
  });
  try {
    const access = await listening(flags.port, () => sandbox.start());
    let told = '';
    sandbox.subscribe(({ failure }) => {
      if (failure && failure.message !== told)
        failureLines('The sandbox has trouble', failure).forEach((line) => context.output.note(line));
      told = failure?.message ?? '';
    });
    tellAccess(access, flags.json ?? false, context);
    await interrupted(context.interruption);
    return exitCodes.done;
  } finally {
    await sandbox.dispose();
    lock.dispose();
  }
}

/** The credentials are generated, good for this sandbox alone, and there to be used: the only secrets that are ever printed. */
function tellAccess({ root, stage, region, secrets }: SandboxAccess, json: boolean, { output }: CliContext): void {
  const { apiKey, accessKeyId, secretAccessKey } = secrets;
  if (json) {
    output.object({ kind: 'ready', root, apiKey, accessKeyId, secretAccessKey, region });
    return;
  }
  const place = [...(stage === 'v1' ? [] : [` --stage ${stage}`]), ...(region === 'us-east-1' ? [] : [` --region ${region}`])].join('');
  output.line(`The sandbox listens at ${root}. What it receives stays on this computer.

To send to it from another terminal:

  export ${secretVariables.apiKey}=${apiKey}
  export ${secretVariables.accessKeyId}=${accessKeyId}
  export ${secretVariables.secretAccessKey}=${secretAccessKey}
  fineo-uploader upload measurements.csv --root ${root}${place} --metric-type measurements

What it has: curl -H "x-api-key: $${secretVariables.apiKey}" ${root}/sandbox/tables
Its API: ${root}/openapi.json

Ctrl+C ends it; its data stay.`);
}

function objectStorage(endpoint: string, { env }: CliContext): NonNullable<SandboxControlOptions['s3']> {
  const accessKeyId = env[secretVariables.accessKeyId] ?? '';
  const secretAccessKey = env[secretVariables.secretAccessKey] ?? '';
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new UploaderError(
      'input-invalid',
      `with --s3-endpoint, ${secretVariables.accessKeyId} and ${secretVariables.secretAccessKey} have to be set`,
    );
  }
  return { endpoint, accessKeyId, secretAccessKey, region: env['AWS_REGION'] ?? 'us-east-1' };
}
