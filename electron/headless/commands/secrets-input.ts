import { secretsSchema, type Secrets } from '../../../shared/contract/connections.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { CliContext } from '../cli-context.ts';
import { readEnvironmentSecrets, secretVariables } from '../environment-secrets.ts';
import { keyPath } from '../upload/mapping-file.ts';

/**
 * The secrets of a connection to be saved: from standard input as JSON when asked for, else from the environment, else
 * asked on the terminal without showing them. Throws `input-invalid`, naming what is missing and never a value.
 */
export async function readSecrets({ env, input }: CliContext, fromStdin: boolean): Promise<Secrets> {
  if (fromStdin) return parseSecrets(await input.readAll());
  const read = readEnvironmentSecrets(env);
  if (read.kind === 'complete') return read.secrets;
  if (!input.isTerminal) {
    const names = read.missing.join(', ');
    throw new UploaderError(
      'input-invalid',
      `secrets come from the environment (not set: ${names}) or, with --secrets-stdin, from standard input as JSON`,
      {
        missing: names,
      },
    );
  }
  const ask = async (found: string | undefined, question: string): Promise<string> => found ?? (await input.askSecret(`${question}: `));
  const { found } = read;
  const apiKey = await ask(found.apiKey, `API key (${secretVariables.apiKey})`);
  const accessKeyId = await ask(found.accessKeyId, `Access key id (${secretVariables.accessKeyId})`);
  const secretAccessKey = await ask(found.secretAccessKey, `Secret access key (${secretVariables.secretAccessKey})`);
  const sessionToken = (await ask(found.sessionToken, `Session token (${secretVariables.sessionToken}; empty if there is none)`)).trim();
  const { objectStore } = found;
  return checked({
    apiKey,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === '' ? {} : { sessionToken }),
    ...(objectStore && { objectStore }),
  });
}

function parseSecrets(text: string): Secrets {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's message repeats a part of the text, which is secret; so does the error as a cause.
    throw new UploaderError(
      'input-invalid',
      'standard input is not JSON; needed is {"apiKey", "accessKeyId", "secretAccessKey", "sessionToken"?}',
    );
  }
  return checked(value);
}

function checked(value: unknown): Secrets {
  const parsed = secretsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${keyPath(issue.path)} (${issue.code})`);
  throw new UploaderError('input-invalid', `the secrets are not complete: ${problems.join(', ')}`);
}
