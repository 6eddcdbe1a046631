import type { BuildOptions, Plugin } from 'esbuild'
import { lateHttp } from './late-http.ts'

/**
 * Left out of the serving file because nothing here reaches them, and reading them costs start-up time:
 * zod's translations, Fastify's compilers for route schemas (bodies are decoded by our own decoder), and what the
 * PostgreSQL client needs elsewhere than in Node.
 */
const unused = [
  /^\.\.\/locales\/index\.js$/,
  /^@fastify\/ajv-compiler$/,
  /^@fastify\/fast-json-stringify-compiler$/,
  /^pg-native$/,
  /^pg-cloudflare$/,
]

const leaveOut = (filters: readonly RegExp[]): Plugin => ({
  name: 'leave-out',
  setup(build) {
    for (const filter of filters) {
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'left-out' }))
    }
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'export {}', loader: 'js' }))
  },
})

/** How `serving/main.ts` becomes the one file of a bundle. */
export function servingBuild(options: { outfile: string; version: string }): BuildOptions {
  return {
    entryPoints: [`${import.meta.dirname}/main.ts`],
    outfile: options.outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.12',
    minify: true,
    legalComments: 'none',
    // Fastify and pino are CommonJS and ask for Node's own modules by `require`. DuckDB's native code may be lent by
    // `slipway score`, for a bundle that carries none.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const __load=__createRequire(import.meta.url);const require=Object.assign((id)=>__load(id==="./runtime/duckdb.node"?process.env.SLIPWAY_DUCKDB||id:id),__load);',
    },
    define: { SLIPWAY_VERSION: JSON.stringify(options.version) },
    // Native code lies in the bundle's own `runtime` folder, where there are SQL transforms; nothing else loads it.
    alias: { '@duckdb/node-bindings': './runtime/duckdb.node' },
    external: ['./runtime/duckdb.node'],
    plugins: [leaveOut(unused), lateHttp],
    logLevel: 'warning',
  }
}

/** Parts of tfjs that scoring on its WebAssembly backend has no use for. */
const unusedTensors = [/^@tensorflow\/tfjs-(backend-webgl|backend-cpu|converter|data)$/]

/** How `serving/tensors/tensors.ts` becomes the file that such bundles carry beside the server. */
export function tensorsBuild(options: { outfile: string }): BuildOptions {
  return {
    entryPoints: [`${import.meta.dirname}/tensors/tensors.ts`],
    outfile: options.outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.12',
    minify: true,
    legalComments: 'none',
    // Emscripten's loader asks for these.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);const __filename=import.meta.filename;const __dirname=import.meta.dirname;',
    },
    plugins: [leaveOut(unusedTensors)],
    logLevel: 'warning',
  }
}
