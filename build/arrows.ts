/** `check`'s step that holds the arrows of ARCHITECTURE.md: fails on a forbidden dependency, and when it has looked at nothing. */
import { existsSync } from 'node:fs';
import { cruiseSources, type Violation } from './cruise.ts';
import { at, root } from './repository.ts';

const folders = ['electron', 'renderer', 'shared'].filter((folder) => existsSync(at(folder)));
const { modules, violations } = await cruiseSources(root, folders);

const describe = (violation: Violation): string => `${violation.rule}: ${violation.from} → ${violation.to}\n    ${violation.comment}`;
for (const violation of violations) console.error(describe(violation));
if (modules === 0) console.error('no module was found: the arrows were not checked');
else console.log(`${String(modules)} modules, ${String(violations.length)} forbidden dependencies`);
process.exitCode = modules === 0 || violations.length > 0 ? 1 : 0;
