/** Entry of the worker thread in which the sandbox runs, so that it takes nobody's time but its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { assertNever, SandboxError } from './sandbox-error.ts';
import { startSandbox, type Sandbox } from './server.ts';
import type { FromWorker, Outputs, Question, ToWorker, WorkerConfiguration } from './worker-messages.ts';

const statusEveryMs = 250;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const ask = async (sandbox: Sandbox, question: Question): Promise<Outputs[keyof Outputs]> => {
  switch (question.kind) {
    case 'tables':
      return sandbox.tables();
    case 'rows':
      return sandbox.rows(question.query);
    case 'errors':
      return sandbox.errors(question.query);
    case 'faults':
      sandbox.setFaults(question.faults);
      return undefined;
    case 'close':
      await sandbox.close();
      return undefined;
    default:
      return assertNever(question);
  }
};

const run = async (
  configuration: WorkerConfiguration,
  say: (message: FromWorker) => void,
  onMessage: (listen: (message: ToWorker) => void) => void,
): Promise<void> => {
  const sandbox = await startSandbox({ ...configuration, onFailure: (error) => say({ kind: 'problem', message: messageOf(error) }) });
  let said = '';
  const sayStatus = (): void => {
    const counts = sandbox.status();
    const text = JSON.stringify(counts);
    if (text === said) return;
    said = text;
    say({ kind: 'status', counts });
  };
  const timer = setInterval(sayStatus, statusEveryMs);
  const answer = async ({ id, question }: ToWorker): Promise<void> => {
    if (question.kind === 'close') clearInterval(timer);
    try {
      const output = await ask(sandbox, question);
      if (question.kind === 'faults') sayStatus();
      say({ kind: 'output', id, output });
    } catch (error) {
      say({ kind: 'refused', id, code: error instanceof SandboxError ? error.code : 'sandbox-failed', message: messageOf(error) });
    }
  };
  onMessage((message) => void answer(message));
  sayStatus();
  say({ kind: 'ready', access: sandbox.access });
};

const port = parentPort;
if (!port) throw new Error('this runs in a worker thread');
const say = (message: FromWorker): void => port.postMessage(message);
run(workerData as WorkerConfiguration, say, (listen) => port.on('message', listen)).catch((error: unknown) => {
  say({ kind: 'failed', message: messageOf(error) });
});
