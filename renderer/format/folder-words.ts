import type { Folder } from '../../shared/contract/folders.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import { defaultFolder } from '../../shared/model/default-folder.ts';
import { t } from '../messages/translate.ts';
import { formatAgo } from './instant.ts';
import { formatDuration, timeLeftMs } from './quantity.ts';

/** Which table rows go to and where their time is. */
export const mappingWords = (mapping: Mapping | undefined, metricType: string | undefined): string => {
  if (mapping === undefined) return t('folders.mapping.none');
  const { column } = mapping.timestamp;
  const metric = mapping.metricType;
  if (metricType !== undefined) return t('folders.mapping.constant', { type: metricType, column });
  switch (metric.kind) {
    case 'constant':
      return t('folders.mapping.constant', { type: metric.value, column });
    case 'column':
      return t('folders.mapping.column', { type: metric.column, column });
    case 'none':
      return t('folders.mapping.past');
    case 'fileName':
      return t('folders.mapping.fileName', { column });
  }
};

export const watcherWords = ({ watcher, pollMs }: Pick<Folder, 'watcher' | 'pollMs'>): string =>
  watcher.kind === 'events' ? t('folders.watcher.events') : t('folders.watcher.polling', { time: formatDuration(Math.max(1_000, pollMs)) });

export const afterWords = ({ after }: Pick<Folder, 'after'>): string =>
  after.kind === 'move' ? t('folders.after.move', { to: after.to }) : t(`folders.after.${after.kind}`);

export const activityWords = ({ lastActivityAt }: Pick<Folder, 'lastActivityAt'>, now: number): string => {
  if (lastActivityAt === undefined) return t('folders.activity.none');
  const time = formatAgo(lastActivityAt, now);
  return time === undefined ? t('folders.activity.now') : t('folders.activity.ago', { time });
};

export const patternWords = ({ include, exclude }: Pick<Folder, 'include' | 'exclude'>): string => {
  const taken = include.join('\n') === defaultFolder.include.join('\n') ? t('folders.fact.patterns.usual') : include.join(', ');
  return exclude.length === 0 ? taken : t('folders.fact.excluded', { include: taken, exclude: exclude.join(', ') });
};

/** About how long it takes to read what waits; nothing while there is no rate to go by. */
export const timeLeftWords = ({ bytesWaiting, bytesPerSecond }: Pick<Folder, 'bytesWaiting' | 'bytesPerSecond'>): string | undefined => {
  const left = timeLeftMs(bytesWaiting, 0, bytesPerSecond);
  return left === undefined ? undefined : t('folders.timeLeft', { time: formatDuration(left) });
};
