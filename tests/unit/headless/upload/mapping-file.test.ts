import { describe, expect, it } from 'vitest';
import { parseMapping, readMappingFile } from '../../../../electron/headless/upload/mapping-file.ts';

describe('a mapping file', () => {
  it('may leave out everything that has a default, and begin with a byte order mark', () => {
    expect(parseMapping('\uFEFF{"timestamp": {"column": "date"}}', 'm.json')).toMatchObject({
      version: 1,
      timestamp: { column: 'date', patterns: [] },
    });
  });

  it.each([
    ['timestamp.patterns[1]', '{"timestamp": {"column": "t", "patterns": ["uuuu", 5]}}'],
    ['format.delimiter', '{"format": {"delimiter": ";;"}}'],
    ['metricType.column', '{"metricType": {"kind": "column"}}'],
    ['colour', '{"colour": "red"}'],
  ])('says that %s is wrong', (key, text) => {
    expect(() => parseMapping(text, 'm.json')).toThrow(new RegExp(`m\\.json.*${key.replace(/[[\].]/g, '\\$&')}`));
  });

  it('says when it is not JSON, and when it is not there', async () => {
    expect(() => parseMapping('timestamp: date', 'm.yaml')).toThrow(/m\.yaml is not JSON/);
    await expect(readMappingFile('/nowhere/m.json')).rejects.toThrow(/\/nowhere\/m\.json cannot be read: ENOENT/);
  });
});
