import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'
import { bundleFolderIn, unpackArchive } from './archives/unpack-archive.ts'
import { assertBundleWhole, bundleTitle, readBundleManifest } from './read-bundle.ts'
import { temporaryPlace } from './sweep-abandoned.ts'

/** Names that bundles of one version and target take when others of that name are there already. */
const mostTwins = 100

async function sameManifest(folder: string, other: string): Promise<boolean> {
  const [mine, theirs] = await Promise.all(
    [folder, other].map((one) => readFile(join(one, 'manifest.json')).catch(() => null)),
  )
  return !!mine && !!theirs && mine.equals(theirs)
}

/**
 * The folder of a bundle that stays: the one named, or that of an archive, unpacked into `home` under the name that
 * packaging gives it. The same archive is unpacked once; one of the same name with other contents gets a number behind.
 *
 * @throws Failure as `unpackArchive`; `integrity` for an archive whose files are not as packaged, of which nothing stays
 */
export async function placeBundle(path: string, home: string): Promise<string> {
  const there = await stat(path).catch(() => null)
  if (!there?.isFile()) return resolve(path)
  await mkdir(home, { recursive: true })
  const temporary = temporaryPlace(join(home, 'unpacked'), randomUUID().slice(0, 8))
  try {
    await mkdir(temporary)
    await unpackArchive(path, temporary)
    const unpacked = await bundleFolderIn(temporary)
    const manifest = await readBundleManifest(unpacked)
    await assertBundleWhole(unpacked, manifest, path)
    if (!modelNamePattern.test(manifest.name)) {
      throw new Failure(
        'integrity',
        `The bundle ${path} is of a model "${manifest.name}", which no model can be called.`,
        'Take the archive from where it was packaged.',
      )
    }
    const title = bundleTitle(manifest.name, manifest.version, manifest.runtime.target)
    for (let twin = 1; twin <= mostTwins; twin++) {
      const place = join(home, twin === 1 ? title : `${title}-${twin}`)
      if (await sameManifest(unpacked, place)) return place
      if (await stat(place).catch(() => null)) continue
      await rename(unpacked, place)
      return place
    }
    throw new Error(`${home} holds ${mostTwins} bundles called ${title}.`)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
