import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseNotebook } from '../../shared/notebook/codec.ts'
import { atomicWrite } from './atomic-write.ts'
import { findWorkspace } from './project-file.ts'
import { defaultStateFolder } from './recent.ts'
import { createWorkspaces, type Workspaces } from './workspaces.ts'

let root: string
let workspaces: Workspaces
let clock: number
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-workspace-'))
  await mkdir(join(root, 'resources', 'samples', 'churn', 'data'), { recursive: true })
  await writeFile(join(root, 'resources', 'samples', 'churn', 'data', 'telco.csv'), 'a\n1\n')
  clock = 0
  workspaces = createWorkspaces({
    resourcesFolder: join(root, 'resources'),
    stateFolder: join(root, 'state'),
    home: root,
    now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, clock++)),
  })
})
afterEach(() => rm(root, { recursive: true, force: true }))

describe('creating and opening', () => {
  test('a new workspace has slipway.json and its state folder', async () => {
    const workspace = await workspaces.create(join(root, 'mine'))
    expect(workspace.name).toBe('mine')
    expect(await readFile(join(workspace.path, 'slipway.json'), 'utf8')).toBe('{}\n')
    expect((await readdir(join(workspace.path, '.slipway'))).sort()).toEqual([
      'bundles',
      'catalog',
      'identity',
      'outputs',
    ])
  })

  test('a sample is copied in whole', async () => {
    const workspace = await workspaces.create(join(root, 'mine'), 'churn')
    expect(await workspace.files()).toMatchObject([
      { path: 'data', kind: 'folder' },
      { path: 'data/telco.csv', kind: 'data', bytes: 4 },
      { path: 'slipway.json', kind: 'other' },
    ])
  })

  test('a folder that cannot be made is named with the reason', async () => {
    await writeFile(join(root, 'file'), '')
    const inFile = join(root, 'file', 'inside')
    await expect(workspaces.create(inFile)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(`The folder ${inFile} cannot be made: ENOTDIR`),
    })
  })

  test('creating never overwrites', async () => {
    await workspaces.create(join(root, 'mine'))
    await expect(workspaces.create(join(root, 'mine'))).rejects.toMatchObject({ code: 'already-exists' })
    await mkdir(join(root, 'full', 'data'), { recursive: true })
    await expect(workspaces.create(join(root, 'full'), 'churn')).rejects.toMatchObject({
      code: 'already-exists',
    })
    expect(await readdir(join(root, 'full'))).toEqual(['data'])
  })

  test('an absent sample, a missing folder and a file are named', async () => {
    await expect(workspaces.create(join(root, 'd'), 'diamonds')).rejects.toThrow('The sample diamonds')
    await expect(workspaces.open(join(root, 'none'))).rejects.toMatchObject({ code: 'not-found' })
    await writeFile(join(root, 'file'), '')
    await expect(workspaces.open(join(root, 'file'))).rejects.toThrow('is a file; expected a folder')
  })

  test('an unknown key in slipway.json is refused by name', async () => {
    await mkdir(join(root, 'w'))
    await writeFile(join(root, 'w', 'slipway.json'), '{"colour": 1}')
    await expect(workspaces.open(join(root, 'w'))).rejects.toThrow(/slipway\.json.*colour/)
  })

  test('recent workspaces come newest first and say whether they are still there', async () => {
    const a = await workspaces.create(join(root, 'a'))
    const b = await workspaces.create(join(root, 'b'))
    await workspaces.open(a.path)
    await rm(b.path, { recursive: true })
    expect(await workspaces.recent()).toMatchObject([
      { name: 'a', path: a.path, exists: true },
      { name: 'b', exists: false },
    ])
    await writeFile(join(root, 'state', 'recent.json'), 'damaged')
    expect(await workspaces.recent()).toEqual([])
  })

  test('SLIPWAY_STATE overrides where the recent list is kept', () => {
    expect(defaultStateFolder({ SLIPWAY_STATE: '/s' }, 'linux', '/home/u')).toBe('/s')
    expect(defaultStateFolder({}, 'linux', '/home/u')).toBe(join('/home/u', '.config', 'slipway'))
    expect(defaultStateFolder({ APPDATA: '/a' }, 'win32', '/u')).toBe(join('/a', 'Slipway'))
  })

  test('browsing lists folders and marks workspaces', async () => {
    await workspaces.create(join(root, 'a'))
    const { path, folders } = await workspaces.browse()
    expect(path).toBe(root)
    expect(folders.map(({ name, workspace }) => [name, workspace])).toEqual([
      ['a', true],
      ['resources', false],
      ['state', false],
    ])
  })
})

describe('files', () => {
  test('a notebook is made with its ending, and not twice', async () => {
    const workspace = await workspaces.create(join(root, 'mine'))
    expect(await workspace.createNotebook('work/first')).toMatchObject({
      path: 'work/first.ipynb',
      kind: 'notebook',
    })
    const text = await readFile(join(workspace.path, 'work', 'first.ipynb'), 'utf8')
    expect(parseNotebook(text, 'first').cells).toEqual([])
    await expect(workspace.createNotebook('work/first.ipynb')).rejects.toMatchObject({
      code: 'already-exists',
    })
  })

  test('renaming moves a file and never overwrites', async () => {
    const workspace = await workspaces.create(join(root, 'mine'))
    await workspace.createNotebook('a')
    await workspace.createNotebook('b')
    await expect(workspace.renameFile('a.ipynb', 'b.ipynb')).rejects.toMatchObject({ code: 'already-exists' })
    await expect(workspace.renameFile('c.ipynb', 'd.ipynb')).rejects.toMatchObject({ code: 'not-found' })
    expect(await workspace.renameFile('a.ipynb', 'sub/c.ipynb')).toMatchObject({ path: 'sub/c.ipynb' })
  })

  test('no path leads out of the workspace', async () => {
    const workspace = await workspaces.create(join(root, 'mine'))
    await mkdir(join(root, 'mine-too'))
    await symlink(root, join(workspace.path, 'link'))
    for (const path of [
      '../x',
      '/etc/passwd',
      'link/state',
      'a/../../mine-too/x',
      join(root, 'mine-too', 'x'),
      'a\0b',
    ]) {
      await expect(workspace.resolve(path)).rejects.toThrow('is outside the workspace')
    }
    expect(await workspace.resolve('a/../b')).toBe(join(workspace.path, 'b'))
  })

  test('the layout is kept, null before the first', async () => {
    const workspace = await workspaces.create(join(root, 'mine'))
    expect(await workspace.layout()).toBeNull()
    await workspace.saveLayout({ panels: [1] })
    expect(await workspace.layout()).toEqual({ panels: [1] })
  })
})

test('the workspace of a notebook is the nearest parent with slipway.json, else its own folder', async () => {
  const workspace = await workspaces.create(join(root, 'mine'))
  await workspace.createNotebook('deep/er/a')
  expect(await findWorkspace(join(workspace.path, 'deep', 'er', 'a.ipynb'))).toBe(workspace.path)
  await mkdir(join(root, 'loose'))
  await writeFile(join(root, 'loose', 'b.ipynb'), '{}')
  expect(await findWorkspace(join(root, 'loose', 'b.ipynb'))).toBe(join(root, 'loose'))
  await expect(findWorkspace(join(root, 'loose', 'c.ipynb'))).rejects.toMatchObject({ code: 'not-found' })
})

describe('an atomic write', () => {
  test('replaces the file and leaves nothing beside it', async () => {
    const path = join(root, 'f', 'a.txt')
    await atomicWrite(path, 'one')
    await atomicWrite(path, new Uint8Array([50]))
    expect(await readFile(path, 'utf8')).toBe('2')
    expect(await readdir(join(root, 'f'))).toEqual(['a.txt'])
  })

  test('names the place where a folder stands, or whose folder cannot be made', async () => {
    const path = join(root, 'a.txt')
    await writeFile(path, 'kept')
    const folder = join(root, 'folder')
    await mkdir(folder)
    for (const [place, message] of [
      [folder, `${folder} was not saved: a folder stands there (EISDIR).`],
      [join(path, 'b', 'c'), `${join(path, 'b', 'c')} was not saved: its folder cannot be made (ENOTDIR).`],
    ] as const) {
      await expect(atomicWrite(place, 'new')).rejects.toMatchObject({ code: 'failed', message })
    }
    expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('is refused at once in a folder that takes no other, where the system has one', async () => {
    for (const place of process.platform === 'linux' ? ['/proc/x', '/proc/x/y'] : []) {
      await expect(atomicWrite(join(place, 'a.txt'), 'new')).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining(`${join(place, 'a.txt')} was not saved`),
      })
    }
  })

  test('on a full disk keeps the file, removes what it wrote and says what to do', async () => {
    const path = join(root, 'a.txt')
    await atomicWrite(path, 'kept')
    const removed: string[] = []
    const full = {
      write: async () => {
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      },
      rename: async () => undefined,
      remove: async (file: string) => void removed.push(file),
    }
    await expect(atomicWrite(path, 'new', full)).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining(path),
      whatToDo: expect.stringContaining('Free some space'),
    })
    expect(await readFile(path, 'utf8')).toBe('kept')
    expect(removed).toHaveLength(1)
  })
})
