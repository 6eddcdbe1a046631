import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readLockedRuntimes, runtimeParts } from '../engine/bundles/runtimes/locked.ts'

const root = resolve(fileURLToPath(import.meta.url), '../..')

interface Entry {
  version: string
  integrity?: string
  resolved?: string
  optionalDependencies?: Record<string, string>
}
const lockfile = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Entry>
}
const entries = Object.entries(lockfile.packages)

describe('package-lock.json', () => {
  // npm installs nothing for a platform that the lockfile does not name.
  it('holds what every package needs on each of the five platforms', () => {
    const platforms = /(linux-x64|linux-arm64|darwin-arm64|darwin-x64|(win32|win)-x64)(-gnu|-msvc)?$/
    const locked = new Set(entries.map(([path]) => path.replace(/^.*node_modules\//, '')))
    const missing = entries.flatMap(([, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => platforms.test(name) && !locked.has(name)),
    )
    expect(missing).toEqual([])
    expect(locked.has('@duckdb/node-bindings-darwin-arm64')).toBe(true)
  })

  it('names no registry', () => {
    expect(entries.filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([])
  })
})

it('bundles carry runtimes of the versions that are locked here', async () => {
  const { packages } = await readLockedRuntimes(join(root, 'resources/runtimes/locked.json'))
  for (const part of runtimeParts.filter((one) => one !== 'onnx')) {
    const locked = Object.values(packages[part] ?? {})
    expect(locked).toHaveLength(5)
    for (const { name, version, integrity } of locked) {
      expect(lockfile.packages[`node_modules/${name}`]).toMatchObject({ version, integrity })
    }
  }
})

it('ONNX Runtime is of the one version that may be installed beside Slipway', async () => {
  const { packages } = await readLockedRuntimes(join(root, 'resources/runtimes/locked.json'))
  const { peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const versions = Object.values(packages.onnx ?? {}).map(({ name, version }) => `${name}@${version}`)
  expect(versions).toEqual(Array(4).fill(`onnxruntime-node@${peerDependencies['onnxruntime-node']}`))
})
