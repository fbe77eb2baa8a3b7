/** Appends the rows of one file to another in pieces of a megabyte: `growing-writer.ts <from> <to>`; waits for a line on stdin first. */
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('usage: growing-writer.ts <from> <to>');
const [source, target] = [openSync(from, 'r'), openSync(to, 'a')];
await once(process.stdin, 'data');
const piece = Buffer.alloc(1_000_000);
for (let length = readSync(source, piece); length > 0; length = readSync(source, piece)) writeSync(target, piece, 0, length);
closeSync(source);
closeSync(target);
process.exit(0);
