/** The connection that a command is about, as its options name it. */
import { z } from 'zod';
import type { Connection } from '../../shared/contract/connections.ts';
import type { Engine } from '../engine/engine.ts';
import type { CliContext } from './cli-context.ts';
import { findConnection, useEnvironmentConnection } from './destination.ts';
import { requireSecrets } from './upload/upload-command.ts';
import { destinationOf, endpointFlagShapes, type DestinationOption } from './upload/upload-options.ts';

export const connectionFlagShapes = { to: z.string().trim().min(1).optional(), ...optional(endpointFlagShapes) };

function optional<T extends Readonly<Record<string, z.ZodType>>>(shapes: T): { [K in keyof T]: z.ZodOptional<T[K]> } {
  return z.object(shapes).partial().shape;
}

export type ConnectionFlags = Parameters<typeof destinationOf>[0];

/** Undefined when the options name none and none is needed. Throws `input-invalid`, `connection-unknown`. */
export async function commandConnection(
  engine: Engine,
  destination: DestinationOption,
  context: CliContext,
): Promise<Connection | undefined> {
  switch (destination.kind) {
    case 'saved':
      return findConnection(engine.listConnections(), destination.connection);
    case 'environment':
      return useEnvironmentConnection(engine, destination.endpoint, requireSecrets(context), {});
    case 'none':
      return undefined;
  }
}

/** As `destinationOf`, but saying nothing is allowed. */
export const destinationOrNone = (flags: ConnectionFlags): DestinationOption =>
  flags.to === undefined && flags.root === undefined ? { kind: 'none' } : destinationOf(flags);
