import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { portLink } from '../../../../renderer/bridge/port-link.ts';
import { reconnectDelayMs } from '../../../../renderer/bridge/link.ts';

/** The part of a window the link listens to. */
class FakePage extends EventTarget {
  give(kind: string, port: MessagePort, source: unknown = this): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: { kind }, ports: [port], source }));
  }
}

/** A port that notes what is sent and is driven by hand. */
class FakePort extends EventTarget {
  readonly sent: unknown[] = [];
  closed = false;
  postMessage(data: unknown): void {
    this.sent.push(data);
  }
  start(): void {}
  close(): void {
    this.closed = true;
  }
}

const open = () => {
  const page = new FakePage();
  const log: string[] = [];
  let asked = 0;
  const link = portLink(page as unknown as Window, { connectEngine: () => asked++ })({
    opened: () => log.push('opened'),
    closed: () => log.push('closed'),
    message: (data) => log.push(`message ${JSON.stringify(data)}`),
  });
  const give = (port: FakePort, kind = 'uploader:engine-port', source: unknown = page) =>
    page.give(kind, port as unknown as MessagePort, source);
  return { link, log, give, askedTimes: () => asked };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('requests and answers go over the port that main brokered', () => {
  const { link, log, give } = open();
  const port = new FakePort();
  give(port);
  link.send({ id: 1, command: 'files.samples', input: {} });
  port.dispatchEvent(Object.assign(new Event('message'), { data: { kind: 'result' } }));
  expect(port.sent).toEqual([{ id: 1, command: 'files.samples', input: {} }]);
  expect(log).toEqual(['opened', 'message {"kind":"result"}']);
});

test('a restarted engine is asked for a new port, and the page goes on with it', () => {
  const { link, log, give, askedTimes } = open();
  const first = new FakePort();
  give(first);
  first.dispatchEvent(new Event('close'));
  expect(askedTimes()).toBe(1);
  vi.advanceTimersByTime(reconnectDelayMs(0));
  expect(askedTimes()).toBe(2);
  const second = new FakePort();
  give(second);
  link.send({ id: 2, command: 'files.samples', input: {} });
  expect([first.sent.length, second.sent.length]).toEqual([0, 1]);
  expect(log).toEqual(['opened', 'closed', 'opened']);
});

test('a port that does not come is asked for again', () => {
  const { askedTimes } = open();
  vi.advanceTimersByTime(11_000);
  expect(askedTimes()).toBe(3);
});

test('ports of other windows and other messages are not taken', () => {
  const { log, give } = open();
  give(new FakePort(), 'uploader:engine-port', {});
  give(new FakePort(), 'something-else');
  expect(log).toEqual([]);
});

test('the pause between attempts grows and stays at five seconds', () => {
  expect([0, 1, 2, 5, 50].map(reconnectDelayMs)).toEqual([250, 500, 1_000, 5_000, 5_000]);
});
