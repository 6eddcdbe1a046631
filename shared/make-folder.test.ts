import { expect, test } from 'vitest'
import { type FolderSystem, makeFolder } from './make-folder.ts'

/** Folders in memory, of which `/proc` takes no other. */
function system(there: string[]): FolderSystem {
  return {
    async stat(path) {
      if (!there.includes(path)) throw new Error(`nothing stands at ${path}`)
      return { isDirectory: () => true }
    },
    async mkdir(path) {
      if (path.startsWith('/proc')) throw Object.assign(new Error(path), { code: 'ENOENT' })
      there.push(path)
    },
    dirname: (path) => path.replace(/\/[^/]*$/, '') || '/',
  }
}

test('makes what is missing, from the top', async () => {
  const there = ['/', '/a']
  await makeFolder('/a/b/c', system(there))
  expect(there).toEqual(['/', '/a', '/a/b', '/a/b/c'])
  await makeFolder('/a/b/c', system(there))
  expect(there).toHaveLength(4)
})

test('a folder that takes no other is said once, rather than tried for ever', async () => {
  for (const path of ['/proc/x', '/proc/x/y']) {
    await expect(makeFolder(path, system(['/', '/proc']))).rejects.toMatchObject({
      code: 'ENOENT',
      message: '/proc/x',
    })
  }
})

test('one that another program makes meanwhile is taken', async () => {
  const there = ['/']
  const mkdir = async (path: string) => {
    there.push(path)
    throw new Error('it is there')
  }
  await makeFolder('/a/b', { ...system(there), mkdir })
  expect(there).toEqual(['/', '/a', '/a/b'])
})

test('a file in the way is said', async () => {
  const mkdir = async (path: string) => {
    throw new Error(`a file stands at ${path}`)
  }
  const stat: FolderSystem['stat'] = async (path) => {
    if (path !== '/' && path !== '/a') throw new Error(`nothing stands at ${path}`)
    return { isDirectory: () => path === '/' }
  }
  await expect(makeFolder('/a', { ...system([]), stat, mkdir })).rejects.toThrow('a file stands at /a')
  await expect(makeFolder('/a/b', { ...system([]), stat, mkdir })).rejects.toThrow('a file stands at /a/b')
})
