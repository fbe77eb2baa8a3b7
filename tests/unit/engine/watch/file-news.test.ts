import { beforeEach, expect, it } from 'vitest';
import type { EngineEvent } from '../../../../electron/engine/engine.ts';
import { FileIndex } from '../../../../electron/engine/watch/file-index.ts';
import { FileNews } from '../../../../electron/engine/watch/file-news.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';

let now = 0;
let told: string[] = [];
let index = new FileIndex();
let news = new FileNews('f', { clock: { monotonic: () => now }, emit: hear }, index);

function hear(event: EngineEvent): void {
  if (event.kind === 'watched-file') told.push(`${String(now)} ${event.file.path} ${event.file.state} ${String(event.file.bytesRead)}`);
}

beforeEach(() => {
  now = 0;
  told = [];
  index = new FileIndex();
  news = new FileNews('f', { clock: { monotonic: () => now }, emit: hear }, index);
});

function file(path: string, fileId = path): TrackedFile {
  const found = new TrackedFile(path, { sizeBytes: 9, modifiedMs: 1, fileKey: `7:${fileId}` }, 0, fileId);
  index.put(found);
  return found;
}

function reads(of: TrackedFile, bytes: number, state: TrackedFile['state'] = 'sending'): void {
  of.bytesRead = bytes;
  of.state = state;
  news.changed(of);
}

it('the first change is told at once, and what follows in the next moment together, as it stands then', () => {
  const a = file('a.csv');
  reads(a, 1);
  now = 20;
  reads(a, 2);
  now = 40;
  reads(a, 3, 'done');
  expect(news.tellDue()).toBe(true);
  now = 100;
  expect(news.tellDue()).toBe(false);
  expect(told).toEqual(['0 a.csv sending 1', '100 a.csv done 3']);
  now = 400;
  expect(news.tellDue()).toBe(false);
  reads(a, 4);
  expect(told.at(-1)).toBe('400 a.csv sending 4');
});

it('files do not wait for each other', () => {
  const [a, b] = [file('a.csv'), file('b.csv')];
  reads(a, 1);
  now = 50;
  reads(b, 1);
  reads(a, 2);
  reads(b, 2);
  now = 100;
  expect(news.tellDue()).toBe(true);
  expect(told).toEqual(['0 a.csv sending 1', '50 b.csv sending 1', '100 a.csv sending 2']);
});

it('at the end all is told; nothing of a file whose place another has taken', () => {
  const before = file('a.csv', 'v1');
  reads(before, 1);
  reads(before, 2);
  const b = file('b.csv');
  reads(b, 1);
  reads(b, 2);
  index.forget(before);
  reads(file('a.csv', 'v2'), 7);
  news.tellAll();
  expect(told).toEqual(['0 a.csv sending 1', '0 b.csv sending 1', '0 a.csv sending 7', '0 b.csv sending 2']);
});
