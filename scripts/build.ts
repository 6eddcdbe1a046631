/** Builds dist/: the engine and its workers, the serving runtime, the desktop shell and the window. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { copyFile, mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { servingComponents } from '../engine/bundles/serving-components.ts'
import { servingBuild, tensorsBuild } from '../serving/build-options.ts'
import { lateHttp } from '../serving/late-http.ts'
import { tensorComponentsFile } from '../shared/bundle/tensor-files.ts'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

/** Lets bundled CommonJS packages call `require` in an ES module. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

const node: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
  banner: { js: requireBanner },
  plugins: [lateHttp],
}

/** What bundles of tfjs models carry beside the server. */
async function buildTensors(folder: string): Promise<void> {
  const options = { ...tensorsBuild({ outfile: join(folder, 'tensors.mjs') }), absWorkingDir: root }
  const { metafile } = await build({ ...options, metafile: true })
  const components = await servingComponents(metafile, root)
  await writeFile(join(folder, tensorComponentsFile), `${JSON.stringify(components, null, 2)}\n`)
  const wasm = 'tfjs-backend-wasm-simd.wasm'
  await copyFile(join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist', wasm), join(folder, wasm))
}

interface Part {
  title: string
  /** Folders and files whose newest change makes the output stale. */
  sources: string[]
  output: string
  build(): Promise<unknown>
}

export const parts: Part[] = [
  {
    title: 'engine',
    sources: ['engine', 'shared', 'package.json'],
    output: 'dist/engine/slipway.mjs',
    build: () =>
      build({
        ...node,
        entryPoints: {
          slipway: 'engine/cli/main.ts',
          engine: 'engine/engine.ts',
          trainer: 'engine/training/trainer.ts',
          'gbdt-helper': 'engine/training/gbdt/helper.ts',
          'dense-helper': 'engine/training/dense/kernel-helper.ts',
          'evaluation-worker': 'engine/evaluation/evaluation-worker.ts',
          'scoring-worker': 'engine/scoring/scoring-worker.ts',
          keeper: 'engine/deployments/keeper-main.ts',
          'session-worker': 'engine/notebook/typescript/session-worker.ts',
        },
        outdir: 'dist/engine',
        outExtension: { '.js': '.mjs' },
        splitting: true,
        // Beside the entry points: workers are found relative to the chunk that starts them.
        chunkNames: 'chunk-[hash]',
        // Native or large packages stay in node_modules; everything else goes into the bundle for a fast start.
        external: ['@duckdb/*', '@tensorflow/*', 'esbuild', 'pacote'],
      }),
  },
  {
    title: 'serving runtime',
    sources: ['serving', 'shared', 'engine/bundles/serving-components.ts', 'package.json'],
    output: 'dist/serving/server.mjs',
    async build() {
      const outfile = join(root, 'dist/serving/server.mjs')
      const options: BuildOptions = { ...servingBuild({ outfile, version }), absWorkingDir: root }
      const { metafile } = await build({ ...options, metafile: true })
      const components = await servingComponents(metafile, root)
      await writeFile(join(root, 'dist/serving/components.json'), `${JSON.stringify(components, null, 2)}\n`)
      await buildTensors(join(root, 'dist/serving'))
    },
  },
  {
    title: 'report script',
    sources: ['renderer/report', 'shared', 'package.json'],
    output: 'dist/report/report.js',
    build: () =>
      build({
        absWorkingDir: root,
        bundle: true,
        platform: 'browser',
        target: 'es2022',
        format: 'iife',
        minify: true,
        legalComments: 'none',
        logLevel: 'warning',
        entryPoints: ['renderer/report/main.ts'],
        outfile: 'dist/report/report.js',
      }),
  },
  {
    title: 'desktop shell',
    sources: ['electron', 'shared', 'package.json'],
    output: 'dist/electron/main.mjs',
    build: () =>
      Promise.all([
        build({
          ...node,
          entryPoints: ['electron/main.ts'],
          outfile: 'dist/electron/main.mjs',
          external: ['electron'],
        }),
        // A sandboxed preload script must be CommonJS.
        build({
          ...node,
          banner: {},
          format: 'cjs',
          entryPoints: ['electron/preload.ts'],
          outfile: 'dist/electron/preload.cjs',
          external: ['electron'],
        }),
      ]),
  },
  {
    title: 'window',
    sources: ['renderer', 'shared', 'package.json'],
    output: 'dist/renderer/index.html',
    async build() {
      const { build: viteBuild } = await import('vite')
      await viteBuild({ configFile: join(root, 'renderer/vite.config.ts'), logLevel: 'warn' })
    },
  },
]

function newest(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  let time = 0
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || /\.test\.tsx?$/.test(entry.name)) continue
    time = Math.max(time, newest(join(path, entry.name)))
  }
  return time
}

/** A part is stale when a source is newer than the stamp of its last finished build. */
export function isStale(part: Part): boolean {
  const stamp = join(root, `${part.output}.built`)
  if (!existsSync(stamp) || !existsSync(join(root, part.output))) return true
  const built = statSync(stamp).mtimeMs
  return part.sources.some((source) => newest(join(root, source)) > built)
}

/** Builds the parts that are stale, or all of them. Says what it builds on standard error. */
export async function buildParts(options: { all: boolean; titles?: string[] }): Promise<void> {
  for (const part of parts) {
    if (options.titles && !options.titles.includes(part.title)) continue
    if (!options.all && !isStale(part)) continue
    const start = performance.now()
    const began = new Date()
    await rm(join(root, dirname(part.output)), { recursive: true, force: true })
    await part.build()
    const stamp = join(root, `${part.output}.built`)
    await mkdir(dirname(stamp), { recursive: true })
    await writeFile(stamp, began.toISOString())
    // A source saved while the build ran must count as newer.
    await utimes(stamp, began, began)
    process.stderr.write(`built ${part.title} in ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildParts({ all: !process.argv.includes('--if-stale') })
}
