/** Imports go one way. `scripts/layers.test.ts` proves that each rule fires on a small bad example. */
const ours = '(serving|engine|renderer|electron)'
/** Tests and what only they use. */
const tests = '\\.test\\.tsx?$|/testing/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'shared-imports-nothing-of-ours',
      comment: 'What both sides of a boundary run must not depend on either side.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: `^${ours}/` },
    },
    {
      name: 'shared-is-pure',
      comment:
        'shared/ runs in the engine, in bundles and in the window: no Node, no library but the decoders.',
      severity: 'error',
      from: { path: '^shared/', pathNot: tests },
      to: { pathNot: '^shared/|(^|/)(zod|@orpc/contract)(/|$)' },
    },
    {
      name: 'serving-imports-shared-only',
      comment: 'A bundle carries the server without the workbench.',
      severity: 'error',
      from: { path: '^serving/', pathNot: tests },
      to: { path: '^(engine|renderer|electron)/' },
    },
    {
      name: 'engine-imports-shared-only',
      comment: 'The engine runs without a window and without Electron; it reads the built server as data.',
      severity: 'error',
      from: { path: '^engine/', pathNot: tests },
      to: { path: '^(serving|renderer|electron)/' },
    },
    {
      name: 'renderer-imports-shared-only',
      comment: 'The window reaches the engine through the contract alone.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(serving|engine|electron)/' },
    },
    {
      name: 'electron-imports-shared-only',
      comment: 'The shell is thin: it starts the engine and shows the window.',
      severity: 'error',
      from: { path: '^electron/', pathNot: tests },
      to: { path: '^(serving|engine|renderer)/' },
    },
    {
      name: 'panels-never-import-each-other',
      comment: 'Panels meet through tabs and the contract.',
      severity: 'error',
      from: { path: '^renderer/panels/([^/]+)/' },
      to: { path: '^renderer/panels/([^/]+)/', pathNot: '^renderer/panels/$1/' },
    },
    {
      name: 'only-the-shell-imports-electron',
      comment: 'Everything but the shell must run where Electron is not.',
      severity: 'error',
      from: { pathNot: '^(electron|scripts|e2e)/' },
      to: { path: '(^|/)node_modules/electron/|^electron$' },
    },
    {
      name: 'no-circles',
      comment: 'A circle of imports is one file in several pieces.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|build|fixtures)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
