/** What the engine needs from outside. The hosts (desktop, headless) and the tests provide it. */
import type { Attempt, Credentials, SignedRequest } from './model.ts';

export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Time, so that tests never wait. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds that never jump back; only differences mean something. */
  monotonic(): number;
  /** Resolves after `delayMs`, or as soon as `signal` aborts (it does not reject). */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** One attempt at one request. Never rejects for what a network or a service does. */
export interface Transport extends Disposable {
  send(request: SignedRequest, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Attempt>;
}

/** Where the secrets of a connection come from, read anew for each signature. */
export interface CredentialSource {
  get(connectionId: string): Promise<Credentials | undefined>;
}

/** Keeps secrets. They come out only as `CredentialSource` gives them to the signer. */
export interface SecretVault extends CredentialSource {
  readonly kind: 'keychain' | 'file' | 'memory';
  set(connectionId: string, credentials: Credentials): Promise<void>;
  delete(connectionId: string): Promise<void>;
}

/** Structured log. Context never holds a secret; the implementation redacts what looks like one all the same. */
export interface Logger {
  info(message: string, context?: Readonly<Record<string, string | number | boolean>>): void;
  warn(message: string, context?: Readonly<Record<string, string | number | boolean>>): void;
  error(message: string, context?: Readonly<Record<string, string | number | boolean>>): void;
}

/** Numbers in [0, 1). */
export type Random = () => number;
