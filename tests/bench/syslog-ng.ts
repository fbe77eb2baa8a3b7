/** syslog-ng as a peer: follows a file and sends its lines in requests of 500, to the same sink. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startMeasured, type RunningProcess } from './measured-process.ts';

/** Why it cannot be had; undefined when it can. */
export function whyNoSyslogNg(): string | undefined {
  const { error, stdout } = spawnSync('syslog-ng', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return 'syslog-ng is not installed (Debian: syslog-ng-core, syslog-ng-mod-http)';
  return stdout.includes('http') ? undefined : 'syslog-ng has no http module (Debian: syslog-ng-mod-http)';
}

export interface SyslogNgOptions {
  readonly folder: string;
  readonly file: string;
  readonly root: string;
  /** `lines`: as they are, which is the least it can do. `json`: cells parsed and made JSON, as ours are. */
  readonly body: 'lines' | 'json';
  readonly columns: readonly string[];
  readonly workers: number;
}

export function startSyslogNg({ folder, file, root, body, columns, workers }: SyslogNgOptions): RunningProcess {
  const state = path.join(folder, `syslog-ng-${body}`);
  mkdirSync(state);
  const shape = {
    lines: 'body("$MESSAGE") delimiter("\\n") body-suffix("\\n")',
    json: 'body("$(format-json --subkeys row.)") body-prefix("[") delimiter(",") body-suffix("]")',
  }[body];
  const quoted = columns.map((name) => JSON.stringify(name)).join(', ');
  // Windows as large as it has any use for, so that neither reading nor sending waits for the other more than it must.
  const configuration = `@version: 3.35
options { stats-freq(0); log-msg-size(65536); use-dns(no); dns-cache(no); threaded(yes); };
source s_file { file(${JSON.stringify(file)} follow-freq(0.1) flags(no-parse) log-fetch-limit(10000) log-iw-size(100000)); };
parser p_csv { csv-parser(columns(${quoted}) prefix("row.") delimiters(",") flags(escape-double-char) quote-pairs('""')); };
destination d_http {
  http(url("${root}/stream/v1/stream/events") method("PUT") headers("Content-Type: application/json") ${shape}
    batch-lines(500) batch-bytes(1000kB) batch-timeout(200) workers(${String(workers)}) log-fifo-size(200000));
};
log { source(s_file); ${body === 'json' ? 'parser(p_csv); ' : ''}destination(d_http); flags(flow-control); };
`;
  const place = path.join(state, 'syslog-ng.conf');
  writeFileSync(place, configuration);
  const own = ['-R', 'persist', '-p', 'pid', '-c', 'control'];
  const files = own.map((part) => (part.startsWith('-') ? part : path.join(state, part)));
  return startMeasured('syslog-ng', ['--foreground', '--no-caps', '-f', place, ...files]);
}
