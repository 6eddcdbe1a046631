import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { afterPack, binaryOf, fuses } from './fuses.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-fuses-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const context = (electronPlatformName: string, executableName?: string) => ({
  appOutDir: folder,
  electronPlatformName,
  packager: {
    appInfo: { productFilename: 'Slipway' },
    ...(executableName === undefined ? {} : { executableName }),
  },
})

test('the binary is neither a plain Node nor a debugger, and runs only its own archive', () => {
  expect(fuses).toEqual({
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    resetAdHocDarwinSignature: true,
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableCookieEncryption]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: false,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
    [FuseV1Options.WasmTrapHandlers]: true,
  })
})

test('the binary is found on every platform', () => {
  expect(binaryOf(context('linux', 'slipway'))).toBe(join(folder, 'slipway'))
  expect(binaryOf(context('win32'))).toBe(join(folder, 'Slipway.exe'))
  expect(binaryOf(context('darwin'))).toBe(join(folder, 'Slipway.app', 'Contents', 'MacOS', 'Slipway'))
})

test('afterPack flips every fuse in the wire of the binary', async () => {
  // A fuse wire as it lies in Electron's binary: sentinel, version, length, one character a fuse ("1" on, "0" off).
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
  const before = Buffer.concat([
    Buffer.from(`code ${sentinel}`),
    Buffer.from([1, 9]),
    Buffer.from('101100010'),
    Buffer.from(' more code'),
  ])
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'slipway'), before)
  await afterPack(context('linux', 'slipway'), flipFuses)
  const wire = await getCurrentFuseWire(join(folder, 'slipway'))
  const states = Array.from({ length: 9 }, (_, fuse) => String.fromCharCode(wire[fuse as FuseV1Options] ?? 0))
  expect(states.join('')).toBe('010011001')
  const after = await readFile(join(folder, 'slipway'))
  expect(after).toHaveLength(before.length)
  expect(after.subarray(-10).toString()).toBe(' more code')
})

test('a binary that is not where it should be is told, not passed over', async () => {
  await expect(afterPack(context('linux', 'slipway'))).rejects.toThrow(join(folder, 'slipway'))
})
