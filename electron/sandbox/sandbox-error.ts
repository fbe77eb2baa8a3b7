/** Why the sandbox did not do what its host asked for; `code` is one of the closed list. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: 'sandbox-failed' | 'sandbox-not-running' | 'not-found';

  constructor(code: SandboxError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** For the `default` of a switch that must be complete. */
export function assertNever(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
