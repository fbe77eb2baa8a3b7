import { describe, expect, it } from 'vitest';
import { readEnvironmentSecrets } from '../../../electron/headless/environment-secrets.ts';

const complete = { FINEO_API_KEY: 'key', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('secrets of the environment', () => {
  it('are complete without a session token', () => {
    expect(readEnvironmentSecrets(complete)).toEqual({
      kind: 'complete',
      secrets: { apiKey: 'key', accessKeyId: 'id', secretAccessKey: 'secret' },
    });
  });

  it('carry the session token of temporary credentials', () => {
    expect(readEnvironmentSecrets({ ...complete, AWS_SESSION_TOKEN: 'token' })).toMatchObject({ secrets: { sessionToken: 'token' } });
  });

  it('names each variable that is not set or blank, and keeps the rest', () => {
    expect(readEnvironmentSecrets({ FINEO_API_KEY: ' ', AWS_ACCESS_KEY_ID: 'id' })).toEqual({
      kind: 'incomplete',
      missing: ['FINEO_API_KEY', 'AWS_SECRET_ACCESS_KEY'],
      found: { accessKeyId: 'id' },
    });
  });
});
