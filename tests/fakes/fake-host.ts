/**
 * A scripted host: answers the contract from memory and serves the built page over loopback as `serve` does, so that
 * the interface can be looked at and tested without an engine.
 */
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandName, CommandOutput, HostEvent, Request, Response, Snapshot } from '../../shared/contract/contract.ts';
import { commands } from '../../shared/contract/contract.ts';
import type { ParsedInput } from '../../shared/contract/contract.ts';

export type Script = { [N in CommandName]?: (input: ParsedInput<N>) => CommandOutput<N> | Promise<CommandOutput<N>> };

/** Thrown by a script to answer with a failure. */
export class ScriptedFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

type Unnumbered = HostEvent extends infer E ? (E extends HostEvent ? Omit<E, 'revision'> : never) : never;

export class FakeHost {
  readonly token = 'token-of-the-fake-host';
  /** Every command that was asked, in order. */
  readonly asked: { readonly command: string; readonly input: unknown }[] = [];
  private readonly sockets = new Set<WebSocket>();
  private server: Server | undefined;
  private revision = 1;
  private snapshot: Omit<Snapshot, 'revision'>;
  private readonly script: Script;

  constructor(snapshot: Omit<Snapshot, 'revision'>, script: Script = {}) {
    this.snapshot = snapshot;
    this.script = script;
  }

  /** Changes the state and tells every page of it. */
  tell(event: Unnumbered): void {
    const numbered = { ...event, revision: ++this.revision };
    const { snapshot } = this;
    switch (numbered.kind) {
      case 'transfer':
        this.snapshot = {
          ...snapshot,
          transfers: [numbered.transfer, ...snapshot.transfers.filter(({ id }) => id !== numbered.transfer.id)],
        };
        break;
      case 'connections':
        this.snapshot = { ...snapshot, connections: numbered.connections };
        break;
      case 'folder':
        this.snapshot = {
          ...snapshot,
          folders: snapshot.folders.some(({ id }) => id === numbered.folder.id)
            ? snapshot.folders.map((folder) => (folder.id === numbered.folder.id ? numbered.folder : folder))
            : [...snapshot.folders, numbered.folder],
        };
        break;
      case 'folder-removed':
        this.snapshot = { ...snapshot, folders: snapshot.folders.filter(({ id }) => id !== numbered.id) };
        break;
      case 'flow':
        this.snapshot = { ...snapshot, flow: numbered.flow };
        break;
      case 'sandbox':
        this.snapshot = { ...snapshot, sandbox: numbered.sandbox };
        break;
      case 'notice':
        this.snapshot = { ...snapshot, notices: [...snapshot.notices, numbered.notice] };
        break;
      default:
        numbered satisfies never;
    }
    for (const socket of this.sockets) this.answer(socket, { kind: 'event', event: numbered });
  }

  get state(): Omit<Snapshot, 'revision'> {
    return this.snapshot;
  }

  /** Cuts every way to a page, as when the engine is restarted. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  private answer(socket: WebSocket, response: Response): void {
    socket.send(JSON.stringify(response));
  }

  private async handle({ id, command, input }: Request): Promise<Response> {
    this.asked.push({ command, input });
    if (command === 'state.snapshot') return { kind: 'result', id, output: { ...this.snapshot, revision: this.revision } };
    const name = command as CommandName;
    const respond = this.script[name] as ((input: unknown) => unknown) | undefined;
    const parsed = commands[name].input.safeParse(input);
    if (!parsed.success)
      return { kind: 'failure', id, failure: { code: 'input-invalid', message: parsed.error.message, context: { command } } };
    if (respond === undefined)
      return { kind: 'failure', id, failure: { code: 'not-found', message: `${command} is not scripted`, context: {} } };
    try {
      return { kind: 'result', id, output: await respond(parsed.data) };
    } catch (error) {
      if (error instanceof ScriptedFailure) return { kind: 'failure', id, failure: error.failure };
      throw error;
    }
  }

  /** Serves the page below `rendererDir`; resolves to the address to open, token included. */
  async serve(rendererDir: string): Promise<string> {
    const types: Readonly<Record<string, string>> = {
      '.html': 'text/html',
      '.js': 'text/javascript',
      '.css': 'text/css',
      '.svg': 'image/svg+xml',
    };
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://host').pathname;
      if (request.method === 'POST' && path === '/files') {
        request.resume().on('end', () => {
          const name = new URL(request.url ?? '/', 'http://host').searchParams.get('name') ?? 'file';
          response.setHeader('content-type', 'application/json').end(JSON.stringify({ path: `/handed-over/${name}` }));
        });
        return;
      }
      const file = join(rendererDir, normalize(path === '/' ? '/index.html' : path));
      readFile(file).then(
        (body) => response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(body),
        () => response.writeHead(404).end(),
      );
    });
    this.server = server;
    new WebSocketServer({
      server,
      path: '/engine',
      handleProtocols: (protocols) => (protocols.has(`uploader.${this.token}`) ? `uploader.${this.token}` : false),
    }).on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('message', (data: Buffer) => {
        void this.handle(JSON.parse(data.toString('utf8')) as Request).then((response) => this.answer(socket, response));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    return `http://127.0.0.1:${address.port}/#token=${this.token}`;
  }

  async dispose(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      if (this.server === undefined) resolve();
      else this.server.close(() => resolve());
      this.server?.closeAllConnections();
    });
  }
}
