/** The programs that people and services read gzip with, as far as they are on this machine. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const hasProgram = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** SHA-256 as hex of what a program writes, however much it is. Rejects when it fails. */
export function outputDigest(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const hash = createHash('sha256');
    child.stdout.on('data', (chunk: Buffer) => hash.update(chunk));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(hash.digest('hex')) : reject(new Error(`${program} ended with ${String(code)}`))));
  });
}

const pythonProgram = 'import gzip, shutil, sys; shutil.copyfileobj(gzip.open(sys.argv[1]), sys.stdout.buffer, 1 << 20)';

const javaProgram = `import java.io.*; import java.util.zip.*;
public class ReadGzip { public static void main(String[] args) throws Exception {
  try (InputStream in = new GZIPInputStream(new FileInputStream(args[0]))) { in.transferTo(System.out); } System.out.flush(); } }`;

export interface GzipReader {
  readonly name: string;
  readonly isThere: boolean;
  /** SHA-256 as hex of what it finds in a file. `folder`: for what it needs. */
  digest(file: string, folder: string): Promise<string>;
}

export const gzipReaders: readonly GzipReader[] = [
  {
    name: 'gzip',
    isThere: hasProgram('gzip', '--version'),
    digest: (file) => outputDigest('gzip', ['-dc', file]),
  },
  { name: 'zcat', isThere: hasProgram('zcat', '--version'), digest: (file) => outputDigest('zcat', [file]) },
  { name: 'Python', isThere: hasProgram('python3', '--version'), digest: (file) => outputDigest('python3', ['-c', pythonProgram, file]) },
  {
    name: 'GZIPInputStream of Java',
    isThere: hasProgram('java', '-version'),
    digest: (file, folder) => {
      writeFileSync(join(folder, 'ReadGzip.java'), javaProgram);
      return outputDigest('java', [join(folder, 'ReadGzip.java'), file]);
    },
  },
];
