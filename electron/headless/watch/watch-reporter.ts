import type { Failure } from '../../../shared/contract/common.ts';
import type { ConnectionFlow } from '../../../shared/contract/flow.ts';
import type { DataAtRisk, Folder, WatchedFile } from '../../../shared/contract/folders.ts';
import type { WatchOutcome } from './watch-outcome.ts';

/** Tells the course of a `watch`: as JSON lines, as plain lines, or with a line that is drawn anew. */
export interface WatchReporter {
  noticed(notice: Failure): void;
  /** The folder as it stands now; called often. */
  folder(folder: Folder): void;
  /** A file that has come into another state. */
  file(file: WatchedFile): void;
  /** Once for each. */
  atRisk(risk: DataAtRisk): void;
  /** The way to the service is another than before. */
  connection(flow: ConnectionFlow): void;
  ended(outcome: WatchOutcome): void;
}

/** What a reporter is told of a folder: who asked for it, and which risks were there before. */
export function createRiskNews(known: readonly DataAtRisk[]): (folder: Folder) => readonly DataAtRisk[] {
  const told = new Set(known.map(({ id }) => id));
  return ({ atRisk }) => {
    const news = atRisk.filter(({ id }) => !told.has(id));
    for (const { id } of news) told.add(id);
    return news;
  };
}

/** True when `state` is another than at the last call. */
export function createChange(): (state: string) => boolean {
  let last: string | undefined;
  return (state) => {
    const isNews = state !== last;
    last = state;
    return isNews;
  };
}

/** What of a folder is a change of its state; counts move all the time. */
export const folderStateKey = ({ state, paused, reason, watcher, question }: Folder): string =>
  JSON.stringify([state, paused, reason?.code, watcher.kind, watcher.failure?.code, question?.files]);

export const connectionStateKey = ({ state, paused, reason }: ConnectionFlow): string => JSON.stringify([state, paused, reason?.code]);
