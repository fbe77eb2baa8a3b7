import type { Failure } from '../shared/contract/common.ts';

/** What came of asking the engine: a value, or a failure that a person can be told. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const succeeded = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = <T = never>(failure: Failure): Result<T> => ({ ok: false, failure });
