/** Entry of the thread that looks through watched folders. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { compileGlobs } from './discover/file-globs.ts';
import { previewFolder } from './discover/preview-folder.ts';
import { scanFolder, type ScanOrder } from './discover/scan-folder.ts';
import { chunksUnderWay, packFiles, type FromScanner, type Globs, type IgnoredFile, type ToScanner } from './discover/scan-protocol.ts';
import { UploaderError, assertNever, failure } from './errors.ts';

const port = parentPort;
if (port === null) throw new Error('folders are looked through in a worker thread');

const maxIgnoredSamples = 100;

interface Job {
  stopped: boolean;
  underWay: number;
  /** Called when something of it was taken, or when it is to stop. */
  wake: (() => void) | undefined;
}

const jobs = new Map<number, Job>();
const post = (message: FromScanner): void => {
  port.postMessage(message, message.kind === 'files' ? [message.files.sizes.buffer, message.files.modified.buffer] : []);
};

/** Lets messages in; waits while too much is on its way. False: the job is to stop. */
async function pause(job: Job): Promise<boolean> {
  await nextTurn();
  while (!job.stopped && job.underWay >= chunksUnderWay) {
    await new Promise<void>((resolve) => {
      job.wake = resolve;
    });
  }
  return !job.stopped;
}

async function scan(id: number, job: Job, order: ScanOrder & Globs): Promise<void> {
  const globs = compileGlobs(order);
  const ignoredSamples: IgnoredFile[] = [];
  let files = 0;
  let ignored = 0;
  const chunks = scanFolder(order);
  for (let next = chunks.next(); ; next = chunks.next()) {
    if (next.done === true) {
      post({ kind: 'scanned', job: id, totals: { ...next.value, files, ignored, ignoredSamples } });
      return;
    }
    const taken = next.value.filter((file) => {
      const verdict = globs(file.path);
      if (!verdict.taken && ignoredSamples.length < maxIgnoredSamples) ignoredSamples.push({ ...file, rule: verdict.rule });
      return verdict.taken;
    });
    files += taken.length;
    ignored += next.value.length - taken.length;
    if (taken.length > 0) {
      job.underWay += 1;
      post({ kind: 'files', job: id, files: packFiles(taken) });
    }
    if (!(await pause(job))) {
      post({ kind: 'stopped', job: id });
      return;
    }
  }
}

async function find(id: number, job: Job, order: ScanOrder, keys: ReadonlySet<string>): Promise<void> {
  const paths = new Map<string, string>();
  for (const chunk of scanFolder(order)) {
    for (const file of chunk) if (keys.has(file.fileKey) && !paths.has(file.fileKey)) paths.set(file.fileKey, file.path);
    if (paths.size === keys.size || !(await pause(job))) break;
  }
  post(job.stopped ? { kind: 'stopped', job: id } : { kind: 'found', job: id, paths: [...paths] });
}

async function run(message: Extract<ToScanner, { kind: 'scan' | 'preview' | 'find' }>): Promise<void> {
  const job: Job = { stopped: false, underWay: 0, wake: undefined };
  jobs.set(message.job, job);
  try {
    switch (message.kind) {
      case 'scan':
        await scan(message.job, job, message.order);
        return;
      case 'find':
        await find(message.job, job, message.order, new Set(message.keys));
        return;
      case 'preview': {
        const preview = await previewFolder(message.order, () => pause(job));
        post(job.stopped ? { kind: 'stopped', job: message.job } : { kind: 'previewed', job: message.job, preview });
        return;
      }
      default:
        assertNever(message);
    }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    post({ kind: 'failed', job: message.job, failure: error instanceof UploaderError ? error.toFailure() : failure('internal', text) });
  } finally {
    jobs.delete(message.job);
  }
}

port.on('message', (message: ToScanner) => {
  if (message.kind !== 'took' && message.kind !== 'stop') {
    void run(message);
    return;
  }
  const job = jobs.get(message.job);
  if (job === undefined) return;
  if (message.kind === 'took') job.underWay -= 1;
  else job.stopped = true;
  job.wake?.();
});
