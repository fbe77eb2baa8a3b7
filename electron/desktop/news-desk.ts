import type { DataAtRisk, Folder } from '../../shared/contract/folders.ts';
import type { EngineEvent } from '../engine/engine.ts';
import type { News } from './engine-messages.ts';

/** Decides what of the engine's events a person should know who is not looking. */
export interface NewsDesk {
  /** What is to be told at once; `nameOf` gives the name of a connection. */
  take(event: EngineEvent, nameOf: (connectionId: string) => string): readonly News[];
  /** The files that were uploaded since the last call. */
  uploaded(): News | undefined;
}

/** `folders`: as they are at the beginning; what is at risk there was told before. */
export function createNewsDesk(folders: readonly Folder[]): NewsDesk {
  const modes = new Map(folders.map(({ id, mode }) => [id, mode]));
  const risks = new Set(folders.flatMap(({ id, atRisk }) => atRisk.map((risk) => `${id} ${risk.id}`)));
  const blocked = new Set<string>();
  const running = new Set<string>();
  /** Transfers of watched folders: their files are told one by one. */
  const ofFolders = new Set<string>();
  let done: { readonly files: number; readonly name: string } | undefined;

  const add = (files: number, name: string): void => {
    if (files > 0) done = { files: (done?.files ?? 0) + files, name };
  };

  const take: NewsDesk['take'] = (event, nameOf) => {
    switch (event.kind) {
      case 'folder': {
        const { id, mode, atRisk } = event.folder;
        modes.set(id, mode);
        const news = atRisk.filter((risk) => !risks.has(`${id} ${risk.id}`));
        for (const risk of news) risks.add(`${id} ${risk.id}`);
        return news.map((risk) => trouble(`risk ${id} ${risk.id}`, 'rows-at-risk', risk.path, riskDetail(risk)));
      }
      case 'watched-file': {
        const { folderId, file } = event;
        if (file.transferId !== undefined) ofFolders.add(file.transferId);
        if (file.state === 'done' && modes.get(folderId) === 'files') add(1, file.path);
        if (file.state !== 'held' || file.reason?.code !== 'schema-drift') return [];
        return [trouble(`drift ${folderId} ${file.path}`, 'schema-drift', file.path, file.reason.message)];
      }
      case 'transfer': {
        const { id, state, files, moreFiles } = event.transfer;
        if (state === 'running') running.add(id);
        else if (running.delete(id) && !ofFolders.has(id)) {
          const confirmed = files.filter((file) => file.state === 'done');
          add(confirmed.length + (state === 'done' ? moreFiles : 0), confirmed[0]?.name ?? '');
        }
        return [];
      }
      case 'flow':
        return event.flow.connections.flatMap(({ connectionId, state, reason }) => {
          if (state !== 'blocked') {
            blocked.delete(connectionId);
            return [];
          }
          if (blocked.has(connectionId) || reason === undefined) return [];
          blocked.add(connectionId);
          return [trouble(`blocked ${connectionId} ${reason.code}`, reason.code, nameOf(connectionId), reason.message)];
        });
      case 'folder-removed':
        modes.delete(event.id);
        return [];
      case 'connections':
      case 'notice':
        return [];
    }
  };
  return {
    take,
    uploaded: () => {
      const news = done;
      done = undefined;
      return news === undefined ? undefined : { kind: 'news', about: 'uploaded', ...news };
    },
  };
}

const trouble = (key: string, code: Extract<News, { about: 'trouble' }>['code'], subject: string, detail: string): News => ({
  ...{ kind: 'news', about: 'trouble', key, code, subject, detail },
});

const riskDetail = ({ rows, bytes }: DataAtRisk): string =>
  rows === 0 ? `${bytes.toLocaleString('en-US')} bytes were not read` : `about ${rows.toLocaleString('en-US')} rows were not read`;
