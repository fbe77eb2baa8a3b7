/** Entry of a reader thread: read → shape → batch run here, off the thread that signs, sends and records. */
import { createHash } from 'node:crypto';
import { parentPort, type Transferable } from 'node:worker_threads';
import { BodySlots } from './batch/body-slots.ts';
import { UploaderError, failure } from './errors.ts';
import { checkFile } from './check-file.ts';
import { countRows, planCount } from './count-rows.ts';
import { inspectFile } from './inspect.ts';
import { prepareRows, readEvents } from './read-events.ts';
import { openSource } from './read/byte-source.ts';
import { sniffFile } from './read/open-rows.ts';
import type { CheckJobOrder, DigestJob, FromReader, ReadJob, ToReader } from './read/reader-protocol.ts';
import { sampleRows } from './sample-rows.ts';
import { SeenFields } from './shape/seen-fields.ts';
import { systemClock } from './system-clock.ts';

const port = parentPort;
if (port === null) throw new Error('the reader runs as a worker thread');

/** Room for the event that made a batch full. */
const draftBytes = 400 * 1024;

let stopped = false;
let slots = new BodySlots(0, 0);
/** Slots whose bodies are being sent. */
let underWay = new Set<number>();

const post = (message: FromReader, transfer: readonly Transferable[] = []): void => {
  port.postMessage(message, [...transfer]);
};

async function read(job: number, order: ReadJob, bodies: number): Promise<void> {
  const fieldTypes = new Map(order.fieldTypes.map(([metric, fields]) => [metric, new Map(fields)] as const));
  const seen = order.tellsFields === true && order.countOnly !== true ? new SeenFields(order.mapping.constants) : undefined;
  const readOrder = { ...order, fieldTypes, seen };
  const shaper = order.countOnly === true ? undefined : await prepareRows(readOrder);
  const plan = shaper ?? (await planCount(order.path, order.mapping.format));
  post({ kind: 'plan', job, headerText: plan.headerText, source: plan.format.kind, delimiter: plan.format.delimiter });
  const slotBytes = order.limits.maxBytes + draftBytes;
  if (bodies > 0 && (slots.slotBytes !== slotBytes || slots.size !== bodies)) {
    slots = new BodySlots(slotBytes, bodies);
    underWay = new Set();
  }
  const batches =
    shaper === undefined
      ? countRows(order.path, plan, order.limits.maxBytes)
      : readEvents(readOrder, shaper, bodies > 0 ? slots : undefined);
  try {
    for (;;) {
      const next = await batches.next();
      if (seen !== undefined && (seen.hasNews || next.done === true || stopped)) post({ kind: 'seen', job, fields: seen.take() });
      if (next.done === true) {
        post({ kind: 'end', job, ...next.value });
        return;
      }
      if (stopped) {
        await batches.return({ end: next.value.from, endedOpen: false });
        post({ kind: 'end', job, end: next.value.from, endedOpen: false });
        return;
      }
      const { payload } = next.value;
      const slot = slots.slotOf(payload.bytes);
      if (slot >= 0) underWay.add(slot);
      post({ kind: 'batch', job, batch: next.value, slot }, [
        payload.starts.buffer as ArrayBuffer,
        payload.rows.buffer as ArrayBuffer,
        ...(slot >= 0 ? [] : [payload.bytes.buffer as ArrayBuffer]),
      ]);
    }
  } finally {
    slots.giveAllBut(underWay);
  }
}

/** Compares stretches of a text with what they were. */
async function digest(job: number, order: DigestJob): Promise<void> {
  const { format } = await sniffFile(order.path, order.format);
  const first = order.ranges[0]?.from ?? order.end;
  const source = await openSource(order.path, { gzip: format.gzip, encoding: format.encoding, startByte: first });
  try {
    let equal = 0;
    let rest: Buffer = Buffer.alloc(0);
    let at = first;
    const fill = async (): Promise<boolean> => {
      if (rest.length > 0) return true;
      const block = await source.read();
      if (block === undefined) return false;
      rest = block;
      return true;
    };
    for (const range of order.ranges) {
      const hash = createHash('sha256');
      while (at < range.to && (await fill())) {
        const part = rest.subarray(0, range.to - at);
        hash.update(part);
        at += part.length;
        rest = rest.subarray(part.length);
      }
      if (at < range.to || hash.digest('hex') !== range.digest) break;
      equal += 1;
    }
    const goesOn = await fill();
    post({ kind: 'digested', job, equal, goesOn, nextByte: goesOn ? rest[0] : undefined });
  } finally {
    await source.close();
  }
}

/** Milliseconds between two words about how far a check came. */
const toldEveryMs = 200;

async function check(job: number, order: CheckJobOrder): Promise<void> {
  const fieldTypes = new Map(order.fieldTypes.map(([metric, fields]) => [metric, new Map(fields)] as const));
  let told = systemClock.monotonic();
  const seen = new SeenFields(order.mapping.constants);
  const end = await checkFile(
    { ...order, fieldTypes, seen },
    async (progress) => {
      const now = systemClock.monotonic();
      if (now - told >= toldEveryMs) {
        told = now;
        post({ kind: 'checking', job, ...progress });
        // Another message gets its turn, so that a check can be stopped.
        await systemClock.sleep(0);
      }
      return !stopped;
    },
    () => systemClock.monotonic(),
  );
  post({ kind: 'checked', job, ...end, fields: seen.take() });
}

async function run(message: Exclude<ToReader, { kind: 'sent' | 'stop' }>): Promise<void> {
  switch (message.kind) {
    case 'read':
      stopped = false;
      return read(message.job, message.order, message.bodies);
    case 'check':
      stopped = false;
      return check(message.job, message.order);
    case 'inspect':
      post({ kind: 'inspected', job: message.job, inspection: await inspectFile(message.order) });
      return;
    case 'sample': {
      const { order } = message;
      const fieldTypes = new Map(order.fieldTypes.map(([metric, fields]) => [metric, new Map(fields)] as const));
      post({ kind: 'sampled', job: message.job, sample: await sampleRows({ ...order, fieldTypes }) });
      return;
    }
    case 'digest':
      return digest(message.job, message.order);
  }
}

port.on('message', (message: ToReader) => {
  switch (message.kind) {
    case 'sent':
      if (underWay.delete(message.slot)) slots.give(message.slot);
      return;
    case 'stop':
      stopped = true;
      return;
    default:
      run(message).catch((error: unknown) => {
        const known = error instanceof UploaderError ? error.toFailure() : undefined;
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        post({ kind: 'failed', job: message.job, failure: known ?? failure('internal', text) });
      });
  }
});
