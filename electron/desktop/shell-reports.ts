import type { Engine } from '../engine/engine.ts';
import type { Clock, Disposable } from '../engine/ports.ts';
import type { News, ShellStatus } from './engine-messages.ts';
import { createNewsDesk } from './news-desk.ts';
import { shellStatusOf } from './shell-status.ts';

/** Milliseconds between two reports. */
const everyMs = 500;

/** Keeps the main process informed: how it stands, at most twice a second, and at once what a person should know. */
export function reportToShell(
  engine: Pick<Engine, 'subscribe' | 'listFolders' | 'listConnections' | 'flow' | 'recentTransfers'>,
  clock: Clock,
  tell: (message: ShellStatus | News) => void,
): Disposable {
  const ending = new AbortController();
  const desk = createNewsDesk(engine.listFolders());
  let last = '';
  let isDirty = true;
  let isReporting = false;

  const report = (): void => {
    const status = shellStatusOf(engine);
    const text = JSON.stringify(status);
    if (text !== last) tell(status);
    last = text;
    const uploaded = desk.uploaded();
    if (uploaded !== undefined) tell(uploaded);
  };
  const reportSoon = async (): Promise<void> => {
    if (isReporting) return;
    isReporting = true;
    // Not within the event: the engine is in the middle of something.
    await Promise.resolve();
    while (isDirty && !ending.signal.aborted) {
      isDirty = false;
      report();
      await clock.sleep(everyMs, ending.signal);
    }
    isReporting = false;
  };

  const subscription = engine.subscribe((event) => {
    for (const news of desk.take(event, (id) => engine.listConnections().find((connection) => connection.id === id)?.name ?? id))
      tell(news);
    isDirty = true;
    void reportSoon();
  });
  void reportSoon();
  return {
    dispose: async () => {
      ending.abort();
      await subscription.dispose();
    },
  };
}
