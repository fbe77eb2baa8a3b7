import type { Logger } from '../../electron/engine/ports.ts';

export interface RecordedLogger extends Logger {
  /** `level message {context}` */
  readonly lines: readonly string[];
}

export function recordedLogger(): RecordedLogger {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (message: string, context: Readonly<Record<string, unknown>> = {}): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(context)}`);
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
