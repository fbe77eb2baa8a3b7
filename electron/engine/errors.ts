import type { ErrorCode } from '../../shared/error-codes.ts';
import type { Failure } from '../../shared/contract/common.ts';

/** An expected failure where a value cannot be returned; carries its code across layers. */
export class UploaderError extends Error {
  override readonly name = 'UploaderError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly context: Readonly<Record<string, string | number | boolean>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, context: { ...this.context } };
  }
}

export const failure = (code: ErrorCode, message: string, context: Failure['context'] = {}): Failure => ({ code, message, context });

/** For the `default` of a switch that must be complete. */
export function assertNever(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
