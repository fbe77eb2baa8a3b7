import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHost, type Host } from '../../electron/api/host.ts';
import { responseSchema, type Response } from '../../shared/contract/contract.ts';
import { channelPair, type ChannelPair } from './channel-pair.ts';
import { ManualClock } from './manual-clock.ts';
import { recordedLogger, type RecordedLogger } from './recorded-logger.ts';
import { scriptedEngine, type ScriptedEngine } from './scripted-engine.ts';
import { scriptedSandbox, type ScriptedSandbox } from './scripted-sandbox.ts';

export type Answer = Exclude<Response, { kind: 'event' }>;

/** A host on scripted parts, and a client of it. */
export interface Hosted {
  readonly host: Host;
  readonly engine: ScriptedEngine;
  readonly sandbox: ScriptedSandbox;
  readonly logger: RecordedLogger;
  readonly client: ChannelPair;
  /** What was posted to the client, parsed by the contract. */
  readonly responses: () => readonly Response[];
  /** The answer to one request; events that come meanwhile are kept in `responses`. */
  readonly ask: (command: string, input?: unknown) => Promise<Answer>;
}

export function hosted(engine = scriptedEngine(), sandbox = scriptedSandbox()): Hosted {
  const samplesDir = mkdtempSync(path.join(tmpdir(), 'samples-'));
  writeFileSync(path.join(samplesDir, 'weather.csv'), 'date,wind\n2012-01-01,4.7\n');
  const listed = [
    { name: 'weather.csv', description: 'Wind of a day.' },
    { name: 'not-built.csv', description: 'Is not there.' },
  ];
  writeFileSync(path.join(samplesDir, 'samples.json'), JSON.stringify(listed));
  const logger = recordedLogger();
  const app = { version: '1.2.3', host: 'desktop', platform: 'linux', dataDir: '/data', vault: 'memory' } as const;
  const host = createHost({ engine, sandbox, app, samplesDir, clock: new ManualClock(), logger });
  const client = channelPair();
  host.connect(client.host);
  let lastId = 0;
  const responses = (): readonly Response[] => client.received.map((message) => responseSchema.parse(message));
  return {
    host,
    engine,
    sandbox,
    logger,
    client,
    responses,
    ask: async (command, input = {}) => {
      lastId += 1;
      client.send({ id: lastId, command, input });
      for (;;) {
        const response = responseSchema.parse(await client.next());
        if (response.kind !== 'event' && response.id === lastId) return response;
      }
    },
  };
}
