/** The interface as `serve` gives it to a browser. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { at } from '../../build/repository.ts';

export interface Served {
  /** With the token in the fragment. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startServe(dataDir: string): Promise<Served> {
  const child = spawn(process.execPath, [at('dist/cli.js'), 'serve', '--port', '0', '--no-open', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    return {
      url,
      async close() {
        child.kill('SIGTERM');
        if (child.exitCode === null) await once(child, 'exit');
      },
    };
  }
  throw new Error('serve ended without printing its address');
}
