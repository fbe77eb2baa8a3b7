/** What Linux says of a process. */
import { readFileSync, readdirSync } from 'node:fs';

/** The most memory it has had in RAM, in bytes. */
export function peakMemoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
}

/** Files, sockets and watches that it has open. */
export const openHandles = (pid: number): number => readdirSync(`/proc/${String(pid)}/fd`).length;
