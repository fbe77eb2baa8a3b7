import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';
import type { EngineSettings } from './engine-settings.ts';

/** Where things are, for the main process. */
export interface DesktopSettings {
  /** Journal, vault, logs, and Chromium's own data: what one instance holds. */
  readonly dataDir: string;
  readonly rendererDir: string;
  readonly preloadFile: string;
  readonly iconsDir: string;
  readonly engineProcessFile: string;
  /** For the process of the engine; where secrets are kept is known later. */
  readonly engine: Omit<EngineSettings, 'vault'>;
}

/**
 * `distDir` is the folder with the bundles. The data folder is that of `FINEO_UPLOADER_DATA_DIR`, else the one Electron
 * has for the app; it is made, and Electron told of it, so that its lock is one per data folder too.
 */
export function readDesktopSettings(distDir: string): DesktopSettings {
  const named = process.env['FINEO_UPLOADER_DATA_DIR'];
  const dataDir = named === undefined || named === '' ? app.getPath('userData') : path.resolve(named);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  app.setPath('userData', dataDir);
  return {
    dataDir,
    rendererDir: path.join(distDir, 'renderer'),
    preloadFile: path.join(distDir, 'preload.js'),
    iconsDir: path.join(distDir, 'icons'),
    engineProcessFile: path.join(distDir, 'engine-process.js'),
    engine: {
      dataDir,
      version: app.getVersion(),
      workersDir: distDir,
      sandboxWorkerFile: path.join(distDir, 'sandbox-worker.js'),
      samplesDir: path.join(distDir, 'samples'),
    },
  };
}
