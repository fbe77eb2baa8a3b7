/**
 * `npm test`: the static checks, the build, then every test. The last line counts them, from the runner's own reports.
 * `--only=<project>[,<project>…]` runs some projects and leaves the static checks out.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { staticSteps } from './check-steps.ts';
import { findElectron, missingDisplay } from './electron.ts';
import { at, toolPath } from './repository.ts';
import { nodeStep, runStep, runSteps, type Step } from './steps.ts';
import { countTests, summaryLine } from './test-reports.ts';

const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');

/** Those of the first share the processors; those of the second have windows, one at a time; those of the last servers and processes, two at a time. */
const rounds = [
  ['unit', 'contract'],
  ['e2e', 'desktop'],
  ['security', 'integration', 'faults'],
].map((projects) => projects.filter((project) => only === undefined || only.includes(project)));

const problems: string[] = [];
const reports: string[] = [];
const notRun: string[] = [];

const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => folder !== '' && existsSync(path.join(folder, program)));

/** Windows need a display; where there is none, a virtual one. */
function withDisplay(step: Step): Step {
  if (missingDisplay() === undefined || !onPath('xvfb-run')) return step;
  return { ...step, command: 'xvfb-run', args: ['--auto-servernum', '--server-args=-screen 0 1440x900x24', step.command, ...step.args] };
}

/** Projects that can run here. The desktop app's tests cannot without Electron or a display: they are named as skipped. */
async function runnable(projects: readonly string[]): Promise<readonly string[]> {
  if (!projects.includes('desktop')) return projects;
  const electron = findElectron();
  const noDisplay = onPath('xvfb-run') ? undefined : missingDisplay();
  const reason = electron.kind === 'unavailable' ? electron.reason : noDisplay;
  if (reason === undefined) return projects;
  console.log(`The tests of the desktop app cannot run: ${reason}.`);
  const args = ['list', '--config', 'build/vitest.config.ts', '--project', 'desktop'];
  const { output } = await runStep(nodeStep('list', toolPath('vitest'), args));
  notRun.push(...output.split('\n').filter((line) => line.includes(' > ')));
  return projects.filter((project) => project !== 'desktop');
}

async function runRound(projects: readonly string[]): Promise<void> {
  if (projects.length === 0) return;
  const name = projects.join('+');
  const report = at('test-results', `${name}.json`);
  reports.push(report);
  console.log(`\n${name}`);
  const args = ['run', '--config', 'build/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const step = nodeStep(name, toolPath('vitest'), [...args, ...projects.flatMap((project) => ['--project', project])], {
    live: true,
    timeoutMs: 840_000,
  });
  const { passed } = await runStep(withDisplay(step));
  if (!passed) problems.push(name);
}

rmSync(at('test-results'), { recursive: true, force: true });
mkdirSync(at('test-results'), { recursive: true });
const prepared = [...(await runSteps(only === undefined ? staticSteps() : [], 2))];
prepared.push(...(await runSteps([nodeStep('build', at('build/bundle.ts'))], 1)));
problems.push(...prepared.filter((result) => !result.passed).map((result) => result.name));
for (const projects of rounds) await runRound(await runnable(projects));

const counts = countTests(reports);
const total = { ...counts, skipped: [...counts.skipped, ...notRun] };
console.log('');
for (const text of total.failures) console.log(`failed test: ${text}\n`);
for (const name of total.skipped) console.log(`skipped: ${name}`);
if (problems.length > 0) console.log(`failed: ${problems.join(', ')}`);
if (total.passed + total.failed === 0) console.log('failed: no test was run');
console.log(summaryLine(total));
process.exitCode = problems.length > 0 || total.failed > 0 || total.passed === 0 ? 1 : 0;
