import { createFileLogger, type FileLogger } from '../api/file-logger.ts';
import type { Clock } from '../engine/ports.ts';
import { systemClock } from '../engine/system-clock.ts';
import { readDesktopSettings, type DesktopSettings } from './desktop-settings.ts';

/** What every part of the desktop app is given. */
export interface DesktopBasis {
  readonly settings: DesktopSettings;
  readonly dataDir: string;
  readonly clock: Clock;
  /** Writes `<dataDir>/logs/desktop.log`; the engine's process has a log of its own. */
  readonly logger: FileLogger;
}

export function createDesktopBasis(distDir: string): DesktopBasis {
  const settings = readDesktopSettings(distDir);
  const logger = createFileLogger({ dataDir: settings.dataDir, clock: systemClock, name: 'desktop' });
  return { settings, dataDir: settings.dataDir, clock: systemClock, logger };
}
