/**
 * The arrows of ARCHITECTURE.md as rules: renderer → shared; electron/{desktop,headless,api} → engine → shared;
 * sandbox → shared at most; the stages of the engine never know each other.
 * `tests/unit/build/arrows.test.ts` shows for each rule that it catches what it names.
 */
const electronPackage = '(^|/)node_modules/electron/|^electron$';
const stages = '(discover|read|shape|batch|compress|sign|send|record|schema)';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'shared-knows-nobody',
    comment: 'What both processes share depends on neither.',
    severity: 'error',
    from: { path: '^shared/' },
    to: { path: `^(electron|renderer|build|tests)/|${electronPackage}`, reachable: true },
  },
  {
    name: 'shared-without-node',
    comment: 'shared/ runs in the page too: it uses no module of Node.',
    severity: 'error',
    from: { path: '^shared/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'renderer-knows-shared-only',
    comment: 'The page reaches everything else through the contract.',
    severity: 'error',
    from: { path: '^renderer/', pathNot: '^renderer/vite\\.config\\.ts$' },
    to: { path: `^(electron|build|tests)/|${electronPackage}`, reachable: true },
  },
  {
    name: 'renderer-without-node',
    comment: 'The page is sandboxed: there is no module of Node in it.',
    severity: 'error',
    from: { path: '^renderer/', pathNot: '^renderer/vite\\.config\\.ts$' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'components-take-props',
    comment: 'A component gets props and emits events; it knows no store, no bridge and no screen.',
    severity: 'error',
    from: { path: '^renderer/components/' },
    to: { path: '^renderer/(stores|views)/|^renderer/bridge\\.ts$|^renderer/bridge/' },
  },
  {
    name: 'engine-is-plain-node',
    comment: 'The engine runs without Electron, without its hosts and without the sandbox that checks it.',
    severity: 'error',
    from: { path: '^electron/engine/' },
    to: { path: `^electron/(desktop|headless|api|sandbox)/|^electron/(main|preload)\\.ts$|^renderer/|${electronPackage}`, reachable: true },
  },
  {
    name: 'stages-do-not-know-each-other',
    comment: 'A stage knows model, ports and errors; the pipeline composes the stages.',
    severity: 'error',
    from: { path: `^electron/engine/${stages}/` },
    to: { path: '^electron/engine/', pathNot: '^electron/engine/($1/|(model|ports|errors)\\.ts$)' },
  },
  {
    name: 'sandbox-stands-alone',
    comment: 'The sandbox shares no signing or validating code with the engine, so that each checks the other.',
    severity: 'error',
    from: { path: '^electron/sandbox/' },
    to: {
      path: `^electron/(engine|desktop|headless|api)/|^electron/(main|preload)\\.ts$|^renderer/|${electronPackage}`,
      reachable: true,
    },
  },
  {
    name: 'api-knows-no-host',
    comment: 'The contract is served the same in every host; the sandbox comes in as a port.',
    severity: 'error',
    from: { path: '^electron/api/' },
    to: { path: '^electron/(desktop|headless|sandbox)/|^electron/(main|preload)\\.ts$|^renderer/' },
  },
  {
    name: 'headless-without-electron',
    comment: 'The command line and `serve` run where Electron is not installed.',
    severity: 'error',
    from: { path: '^electron/headless/' },
    to: { path: `^electron/desktop/|^electron/(main|preload)\\.ts$|^renderer/|${electronPackage}`, reachable: true },
  },
  {
    name: 'desktop-knows-no-command-line',
    comment: 'The two hosts do not depend on each other.',
    severity: 'error',
    from: { path: '^electron/(desktop/|main\\.ts$)' },
    to: { path: '^electron/headless/|^renderer/', reachable: true },
  },
  {
    name: 'main-has-no-logic',
    comment: 'main.ts lists the parts of the desktop app; it reaches the engine through them.',
    severity: 'error',
    from: { path: '^electron/main\\.ts$' },
    to: { path: '^electron/(engine|sandbox|headless)/' },
  },
  {
    name: 'preload-is-a-bridge',
    comment: 'The preload knows the names of channels and types, nothing else.',
    severity: 'error',
    from: { path: '^electron/preload\\.ts$' },
    to: { path: '^(electron|renderer)/', reachable: true },
  },
  {
    name: 'product-knows-no-tooling',
    comment: 'What is shipped depends on neither tests nor build scripts.',
    severity: 'error',
    from: { path: '^(electron|renderer|shared)/' },
    to: { path: '^(build|tests)/' },
  },
  {
    name: 'no-circle',
    comment: 'Modules that need each other cannot be understood one by one.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'every-import-is-found',
    comment: 'An import that leads nowhere would hide an arrow.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^(electron|virtual:.*|#.*|\\?.*)$|\\?|^vite/client' },
  },
];

module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '(^|/)renderer/node_modules/|\\.css$' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.vue', '.d.ts', '.json'],
    },
  },
};
