import type { Secrets } from '../../shared/contract/connections.ts';

/** Where scripts put the secrets; they are never taken from the command line, which other users can see. */
export const secretVariables = {
  apiKey: 'FINEO_API_KEY',
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  sessionToken: 'AWS_SESSION_TOKEN',
} as const;

/** For the bucket of the S3 route, where it has keys of its own. */
export const bucketVariables = {
  accessKeyId: 'S3_ACCESS_KEY_ID',
  secretAccessKey: 'S3_SECRET_ACCESS_KEY',
  sessionToken: 'S3_SESSION_TOKEN',
} as const;

export type EnvironmentSecrets =
  | { readonly kind: 'complete'; readonly secrets: Secrets }
  /** Names of the variables that are absent or empty; what was found is kept for asking only for the rest. */
  | { readonly kind: 'incomplete'; readonly missing: readonly string[]; readonly found: Partial<Secrets> };

/** Reads the secrets from the environment; only the session token may be absent. */
export function readEnvironmentSecrets(env: Readonly<Record<string, string | undefined>>): EnvironmentSecrets {
  const apiKey = valueOf(env, secretVariables.apiKey);
  const accessKeyId = valueOf(env, secretVariables.accessKeyId);
  const secretAccessKey = valueOf(env, secretVariables.secretAccessKey);
  const sessionToken = valueOf(env, secretVariables.sessionToken);
  const session = { ...(sessionToken === undefined ? {} : { sessionToken }), ...bucketSecrets(env) };
  if (apiKey !== undefined && accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { kind: 'complete', secrets: { apiKey, accessKeyId, secretAccessKey, ...session } };
  }
  const missing = [
    ...(apiKey === undefined ? [secretVariables.apiKey] : []),
    ...(accessKeyId === undefined ? [secretVariables.accessKeyId] : []),
    ...(secretAccessKey === undefined ? [secretVariables.secretAccessKey] : []),
  ];
  return {
    kind: 'incomplete',
    missing,
    found: {
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(accessKeyId === undefined ? {} : { accessKeyId }),
      ...(secretAccessKey === undefined ? {} : { secretAccessKey }),
      ...session,
    },
  };
}

function bucketSecrets(env: Readonly<Record<string, string | undefined>>): Pick<Secrets, 'objectStore'> {
  const accessKeyId = valueOf(env, bucketVariables.accessKeyId);
  const secretAccessKey = valueOf(env, bucketVariables.secretAccessKey);
  const sessionToken = valueOf(env, bucketVariables.sessionToken);
  if (accessKeyId === undefined || secretAccessKey === undefined) return {};
  return { objectStore: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
}

function valueOf(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}
