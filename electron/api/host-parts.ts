import type { CommandName, CommandOutput, ParsedInput, Snapshot } from '../../shared/contract/contract.ts';
import type { Engine } from '../engine/engine.ts';
import type { Clock, Logger } from '../engine/ports.ts';
import type { SandboxControl } from './sandbox-control.ts';

/** What a host serves, and with what. */
export interface HostParts {
  readonly engine: Engine;
  readonly sandbox: SandboxControl;
  readonly app: Snapshot['app'];
  /** Folder with the sample files and their list, `samples.json`. */
  readonly samplesDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type Handler<N extends CommandName> = (input: ParsedInput<N>) => Promise<CommandOutput<N>>;

/** One handler per command; the compiler notices a missing one. Expected failures are thrown as `UploaderError`. */
export type Handlers = { readonly [N in CommandName]: Handler<N> };

export type HandlersOf<Area extends string> = Pick<Handlers, Extract<CommandName, `${Area}.${string}`>>;
