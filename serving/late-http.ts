import type { Plugin } from 'esbuild'

/**
 * Takes `node:http` as an object of which parts are read when they are used. An `import` of it reads all of its exports
 * at once, three of which are Node's own WebSocket client: loading that takes longer than Node itself takes to start
 * (70 of 100 ms of processor time), at every start of every process.
 */
export const lateHttp: Plugin = {
  name: 'late-http',
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'node:http', namespace: 'late-http' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'late-http' }, () => ({
      contents: "module.exports = process.getBuiltinModule('node:http')",
      loader: 'js',
    }))
  },
}
