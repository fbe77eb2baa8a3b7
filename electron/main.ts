/** The composition root of the desktop app: what it is made of, in the order in which it starts. */
import { channels } from '../shared/contract/bridge.ts';
import { openRendererFiles } from './api/renderer-files.ts';
import { registerAppScheme, serveAppProtocol } from './desktop/app-protocol.ts';
import { setApplicationMenu } from './desktop/application-menu.ts';
import { createDesktopBasis } from './desktop/desktop-basis.ts';
import { createDesktopShell } from './desktop/desktop-shell.ts';
import { createPipe, forkEngine } from './desktop/engine-fork.ts';
import { createEngineSupervisor } from './desktop/engine-supervisor.ts';
import { isHiddenStart } from './desktop/login-item.ts';
import { guardNavigation } from './desktop/navigation-guard.ts';
import { servePageRequests } from './desktop/page-requests.ts';
import { runWhenReady } from './desktop/run-when-ready.ts';
import { createDesktopVault } from './desktop/vault.ts';
import { createMainWindow } from './desktop/window.ts';

const basis = createDesktopBasis(__dirname);
const { settings, logger } = basis;
const window = createMainWindow({ ...basis, preloadFile: settings.preloadFile });
const open = (): void => window.show();
const upload = (): void => window.send(channels.menuCommand, 'upload');

registerAppScheme();
guardNavigation(logger);

runWhenReady({ window, logger }, async () => {
  const files = await openRendererFiles(settings.rendererDir);
  const vault = createDesktopVault(basis);
  const fork = () => forkEngine(settings.engineProcessFile, { ...settings.engine, vault: vault.kind });
  const shell = createDesktopShell({ ...basis, iconsDir: settings.iconsDir, open, upload });
  const { preferences, onStatus, onNews } = shell;
  const supervisor = createEngineSupervisor({ ...basis, fork, createPipe, vault, onStatus, onNews });

  serveAppProtocol(files, logger);
  servePageRequests({ ...basis, preferences, connectEngine: (client) => supervisor.connect(client) });
  setApplicationMenu({ ...basis, command: (command) => window.send(channels.menuCommand, command) });
  shell.surround(supervisor);

  supervisor.start();
  if (!isHiddenStart()) open();
});
