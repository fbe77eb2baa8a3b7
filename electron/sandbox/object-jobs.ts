/** Reads the objects that `POST /batch/upload/file` names, one job after the other; jobs left by an earlier run first. */
import { badRequest, ok, type Answer } from './answers.ts';
import { takeInEvents, type Intake } from './event-intake.ts';
import type { EventStore } from './event-store.ts';
import type { ObjectStorage } from './object-storage.ts';
import { objectRows } from './object-rows.ts';

const maxBlockCharacters = 2_000_000;

export interface ObjectJobs {
  /** Checks that the objects are there, then takes the job; it is done later. */
  submit(filePath: string): Promise<Answer>;
  /** Resolves when no job is left. */
  idle(): Promise<void>;
  /** Stops; the job it is at is begun anew by the next run. */
  close(): Promise<void>;
}

const split = (filePath: string): readonly [bucket: string, key: string] => {
  const slash = filePath.indexOf('/', 's3://'.length);
  return [filePath.slice('s3://'.length, slash), filePath.slice(slash + 1)];
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const problem = (message: string, filePath: string): Intake => {
  const body = Buffer.from(JSON.stringify({ filePath }));
  return {
    kind: 'read',
    body,
    events: 1,
    groups: [],
    malformed: [{ message, start: 0, end: body.length }],
    created: [],
    largestEventBytes: 0,
  };
};

export function createObjectJobs(
  store: EventStore,
  storage: ObjectStorage | undefined,
  options: { readonly autoCreateMetrics: boolean; readonly clockNow: () => number; readonly onFailure: (error: unknown) => void },
): ObjectJobs {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let running: Promise<void> = Promise.resolve();

  const add = (texts: readonly string[], uploadName: string): void => {
    const intake = takeInEvents(Buffer.from(`[${texts.join(',')}]`), store.catalogue, options);
    if (intake.kind === 'invalid') throw new Error(intake.message);
    store.add({ intake, source: 'errors.batch', atMs: options.clockNow(), uploadName, isContinued: true });
  };

  const readAll = async (objects: ObjectStorage, filePath: string, uploadName: string): Promise<void> => {
    const [bucket, key] = split(filePath);
    for (const name of await objects.list(bucket, key, stopping.signal)) {
      let texts: string[] = [];
      let length = 0;
      for await (const text of objectRows(name, await objects.open(bucket, name, stopping.signal))) {
        texts.push(text);
        length += text.length;
        if (length < maxBlockCharacters) continue;
        add(texts, uploadName);
        texts = [];
        length = 0;
      }
      add(texts, uploadName);
    }
  };

  const run = async (filePath: string): Promise<void> => {
    if (isStopping() || !storage) return;
    // Under another name until it is complete: only then it takes the place of what was read from there before.
    const unfinished = `reading ${filePath}`;
    try {
      store.dropUpload(unfinished);
      await readAll(storage, filePath, unfinished);
      store.renameUpload(unfinished, filePath);
    } catch (error) {
      if (isStopping()) return;
      store.dropUpload(unfinished);
      store.add({ intake: problem(`not read: ${messageOf(error)}`, filePath), source: 'errors.batch', atMs: options.clockNow() });
    }
    store.objectJobs.done(filePath);
  };
  const enqueue = (filePath: string): void => {
    running = running.then(() => run(filePath)).catch(options.onFailure);
  };
  if (storage) store.objectJobs.all().forEach(enqueue);

  return {
    async submit(filePath) {
      if (!storage) return badRequest(`${filePath} cannot be read: the sandbox has no S3 endpoint`);
      const [bucket, key] = split(filePath);
      try {
        if ((await storage.list(bucket, key, stopping.signal)).length === 0)
          return badRequest(`${filePath} cannot be read: there is no such object`);
      } catch (error) {
        return badRequest(`${filePath} cannot be read: ${messageOf(error)}`);
      }
      store.objectJobs.add(filePath, options.clockNow());
      enqueue(filePath);
      return ok();
    },
    idle: () => running,
    async close() {
      stopping.abort();
      await running;
    },
  };
}
