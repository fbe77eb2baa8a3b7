/** In which line of the source a row of a replay stood at first: a replay's file has lines of its own. */
import { createReadStream, createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

const besides = (replayPath: string): string => `${replayPath}.lines`;

/** Takes lines of the form `<line of the replay> <line of the source>`. */
export const writeReplayLines = (replayPath: string): WriteStream => createWriteStream(besides(replayPath), { mode: 0o600 });

/** Line of a replay's file → line of the source; empty for what is no replay. */
export async function readReplayLines(replayPath: string | undefined): Promise<ReadonlyMap<number, number>> {
  const lines = new Map<number, number>();
  if (replayPath === undefined || !existsSync(besides(replayPath))) return lines;
  for await (const text of createInterface({ input: createReadStream(besides(replayPath), 'utf8') })) {
    const [own, source] = text.split(' ').map(Number);
    if (own !== undefined && source !== undefined) lines.set(own, source);
  }
  return lines;
}
