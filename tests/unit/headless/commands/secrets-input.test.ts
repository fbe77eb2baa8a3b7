import { describe, expect, it } from 'vitest';
import { readSecrets } from '../../../../electron/headless/commands/secrets-input.ts';
import { recordedCli } from '../../../fakes/cli-context.ts';

const secrets = { apiKey: 'k', accessKeyId: 'i', secretAccessKey: 's' };

describe('the secrets of a connection', () => {
  it('are read from standard input when that is asked for', async () => {
    expect(await readSecrets(recordedCli({ stdin: JSON.stringify(secrets) }).context, true)).toEqual(secrets);
  });

  it('are asked for on a terminal, only those that the environment lacks', async () => {
    const { context } = recordedCli({ env: { FINEO_API_KEY: 'k' }, answers: ['i', 's', ''] });
    expect(await readSecrets(context, false)).toEqual(secrets);
  });

  it('are missed by name where nobody can be asked', async () => {
    await expect(readSecrets(recordedCli({}).context, false)).rejects.toThrow(/FINEO_API_KEY, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY/);
  });

  it.each(['{"apiKey": "hunter2",', '{"apiKey": "hunter2", "secret": "hunter2"}', '"hunter2"'])(
    'are never repeated when %s is wrong',
    async (stdin) => {
      await expect(readSecrets(recordedCli({ stdin }).context, true)).rejects.toThrow(/^(?!.*hunter2)/);
      const thrown: unknown = await readSecrets(recordedCli({ stdin }).context, true).catch((error: unknown) => error);
      expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain('hunter2');
    },
  );
});
