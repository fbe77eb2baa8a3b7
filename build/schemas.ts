/** Writes the files that are generated from zod schemas; with `--check`, says which of them are out of date instead (exit 1). */
import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import { z } from 'zod';
import { openApiDocument } from '../electron/sandbox/openapi.ts';
import { mappingSchema } from '../shared/contract/mapping.ts';
import { at } from './repository.ts';

const generated: readonly { readonly path: string; readonly content: unknown }[] = [
  { path: 'electron/sandbox/openapi.json', content: openApiDocument() },
  {
    path: 'shared/contract/mapping.schema.json',
    content: { title: 'Fineo Uploader mapping', ...z.toJSONSchema(mappingSchema, { io: 'input' }) },
  },
];

const current = (path: string): string => {
  try {
    return readFileSync(at(path), 'utf8');
  } catch {
    return '';
  }
};

const isCheck = process.argv.includes('--check');
for (const { path, content } of generated) {
  const options = await prettier.resolveConfig(at(path));
  const text = await prettier.format(JSON.stringify(content), { ...options, parser: 'json' });
  if (text === current(path)) continue;
  if (isCheck) {
    console.error(`${path} is out of date: npm run schemas`);
    process.exitCode = 1;
  } else {
    writeFileSync(at(path), text);
    console.log(`wrote ${path}`);
  }
}
