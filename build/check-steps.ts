/** What `npm run check` consists of. `npm test` runs the same steps, except for the unit tests, which it runs with all others. */
import { at, toolPath } from './repository.ts';
import { nodeStep, type Step } from './steps.ts';

const typeScript = (project: string): Step =>
  nodeStep(`types ${project.replace(/\/?tsconfig(\.preload)?\.json$/, '$1')}`, toolPath('typescript', 'tsc'), ['--project', at(project)]);

/** Reads `.vue` files too. */
const vueTypeScript = (project: string): Step =>
  nodeStep(`types ${project.replace('/tsconfig.json', '')}`, toolPath('vue-tsc'), ['--project', at(project)]);

export const staticSteps = (): readonly Step[] => [
  nodeStep('lint', toolPath('eslint'), ['--config', 'build/eslint.config.js', '--max-warnings', '0', '.'], { timeoutMs: 600_000 }),
  typeScript('shared/tsconfig.json'),
  typeScript('electron/engine/tsconfig.json'),
  typeScript('electron/sandbox/tsconfig.json'),
  typeScript('electron/headless/tsconfig.json'),
  typeScript('electron/desktop/tsconfig.json'),
  typeScript('electron/tsconfig.preload.json'),
  typeScript('build/tsconfig.json'),
  vueTypeScript('renderer/tsconfig.json'),
  vueTypeScript('tests/tsconfig.json'),
  nodeStep('format', toolPath('prettier'), ['--check', '--log-level', 'warn', '.']),
  nodeStep('arrows', at('build/arrows.ts')),
  nodeStep('dead code', toolPath('knip'), ['--config', 'build/knip.json', '--no-progress']),
  nodeStep('schemas up to date', at('build/schemas.ts'), ['--check']),
];

export const unitTests = (): Step =>
  nodeStep('unit tests', toolPath('vitest'), ['run', '--config', 'build/vitest.config.ts', '--project', 'unit'], { timeoutMs: 600_000 });
