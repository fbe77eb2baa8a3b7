/** `npm run check`: types, lint, format, arrows, dead code, generated schemas, unit tests. `--only=<words>` runs the steps so named. */
import { staticSteps, unitTests } from './check-steps.ts';
import { runSteps } from './steps.ts';

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
const steps = [...staticSteps(), unitTests()].filter((step) => only === undefined || step.name.includes(only));
if (steps.length === 0) {
  console.error(`no step is named like "${only ?? ''}"`);
  process.exit(2);
}

const results = await runSteps(steps, 2);
const failed = results.filter((result) => !result.passed);
console.log(
  failed.length === 0
    ? `check: all ${String(results.length)} steps passed`
    : `check: ${String(failed.length)} of ${String(results.length)} steps failed: ${failed.map((result) => result.name).join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
