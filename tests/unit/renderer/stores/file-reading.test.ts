import { beforeEach, expect, test, vi } from 'vitest';
import { draftOf, type DraftFile } from '../../../../renderer/stores/draft-file.ts';
import { createFileReading, type FileReading } from '../../../../renderer/stores/file-reading.ts';
import { mappingSchema } from '../../../../shared/contract/mapping.ts';
import type { Inspection } from '../../../../shared/contract/files.ts';

const bridge = vi.hoisted(() => ({ call: vi.fn<(command: string, input: unknown) => Promise<unknown>>() }));
vi.mock('../../../../renderer/bridge.ts', () => ({ bridge }));

const inspection = (event: string): Inspection => ({
  path: '/a.csv',
  name: 'a.csv',
  sizeBytes: 10,
  format: { kind: 'csv', gzip: false, delimiter: ',', quote: '"', header: true, encoding: 'utf-8', newline: 'lf' },
  explanations: [],
  findings: [],
  columns: [{ name: 'timestamp', type: 'timestamp', examples: [] }],
  rows: [],
  suggestion: mappingSchema.parse({ metricType: { kind: 'constant', value: 'points' } }),
  timestampCandidates: [],
  missing: [],
  preview: [{ line: 2, event }],
});

let file: DraftFile;
let wasBusy: boolean;
let reading: FileReading;

beforeEach(async () => {
  file = draftOf('file-1', 'a.csv', '/a.csv');
  reading = createFileReading({
    get: () => file,
    patch: (_id, change) => {
      file = { ...file, ...change };
      wasBusy ||= file.reading;
    },
  });
  reading.begin('file-1');
  bridge.call.mockResolvedValueOnce({ ok: true, value: inspection('before') });
  await reading.read('file-1');
  wasBusy = false;
});

test('what is read anew for its preview alone keeps nobody from going on', async () => {
  bridge.call.mockResolvedValueOnce({ ok: true, value: inspection('after') });
  reading.refresh('file-1');
  await vi.waitFor(() => expect(file.inspection?.preview[0]?.event).toBe('after'));
  expect(wasBusy).toBe(false);
});

test('a change that a person makes meanwhile is what counts', async () => {
  let answer: (value: unknown) => void = () => undefined;
  bridge.call.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  reading.refresh('file-1');
  bridge.call.mockResolvedValueOnce({ ok: true, value: inspection('as changed') });
  reading.changeForm('file-1', { metricValue: 'weather' });
  expect(wasBusy).toBe(true);
  answer({ ok: true, value: inspection('late') });
  await vi.waitFor(() => expect(file.inspection?.preview[0]?.event).toBe('as changed'));
  expect([file.reading, file.form?.metricValue]).toEqual([false, 'weather']);
});
