import type { z } from 'zod';
import type { Failure } from '../../shared/contract/common.ts';
import {
  commands,
  requestSchema,
  type CommandName,
  type CommandOutput,
  type ParsedInput,
  type Response,
} from '../../shared/contract/contract.ts';
import { failure, UploaderError } from '../engine/errors.ts';
import type { Logger } from '../engine/ports.ts';
import type { Handlers } from './host-parts.ts';
import { toPlainData } from './plain-data.ts';

export type Answer = Exclude<Response, { kind: 'event' }>;
export type Carry = <N extends CommandName>(name: N, input: ParsedInput<N>) => Promise<CommandOutput<N>>;

/** Clients count their requests from 1: this stands for a request whose number cannot be told. */
const noRequest = 0;

export const carryWith =
  (handlers: Handlers): Carry =>
  (name, input) =>
    handlers[name](input);

/**
 * The one place where requests are parsed. Whatever comes in, an answer goes out: the result, the failure that was
 * expected, `input-invalid` when nothing was done because of the input, or `internal` for a bug, which says nothing
 * else and is logged.
 */
export async function answerRequest(message: unknown, carry: Carry, logger: Logger): Promise<Answer> {
  const plain = toPlainData(message);
  if (plain.kind === 'refused') return refuse(noRequest, 'the request was refused', { reason: plain.reason });
  const request = requestSchema.safeParse(plain.value);
  if (!request.success) return refuse(requestIdIn(plain.value), 'that is not a request', describe(request.error));
  const { id, command, input } = request.data;
  if (!isCommand(command)) return refuse(id, 'there is no such command', { command });
  try {
    return { kind: 'result', id, output: await run(command, input, carry) };
  } catch (error) {
    return { kind: 'failure', id, failure: toFailure(error, command, logger) };
  }
}

async function run<N extends CommandName>(name: N, input: unknown, carry: Carry): Promise<CommandOutput<N>> {
  const schemas = commands[name];
  const parsed = schemas.input.safeParse(input ?? {});
  if (!parsed.success) throw new UploaderError('input-invalid', `the input of ${name} is not right`, describe(parsed.error));
  // The compiler sees the schemas of all commands here; `name` has chosen those of `N`.
  const output = await carry(name, parsed.data as ParsedInput<N>);
  // Strict on the way out too: nothing leaves that the contract does not name.
  return schemas.output.parse(output) as CommandOutput<N>;
}

/** The failure that a client gets for what was thrown. */
export function toFailure(error: unknown, command: string, logger: Logger): Failure {
  if (error instanceof UploaderError) return error.toFailure();
  const bug = error instanceof Error ? error : new Error(String(error));
  logger.error(`${command} failed`, { command, error: bug.name, detail: bug.message, stack: bug.stack ?? '' });
  return failure('internal', 'the application made a mistake; the log has the details', { command });
}

const refuse = (id: number, message: string, context: Failure['context']): Answer => ({
  kind: 'failure',
  id,
  failure: failure('input-invalid', message, context),
});

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

/** The first thing that is wrong and where; never the value, which may be a secret. */
function describe(error: z.core.$ZodError): Failure['context'] {
  const [issue] = error.issues;
  if (issue === undefined) return {};
  return { field: issue.path.map(String).join('.').slice(0, 200), problem: issue.message.slice(0, 200) };
}

function requestIdIn(value: unknown): number {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : noRequest;
}
