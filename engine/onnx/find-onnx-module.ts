import { join } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { nativeTargetSchema, readLockedRuntimes } from '../bundles/runtimes/locked.ts'
import { createRuntimes, type Runtimes } from '../bundles/runtimes/runtimes.ts'
import { installation } from '../installation.ts'
import { defaultStateFolder } from '../workspace/recent.ts'

/** The path of ONNX Runtime's native module for this machine. */
export type FindOnnxModule = (onFetch?: (title: string) => void) => Promise<string>

/**
 * Finds the module in this installation, in the user's cache, or fetches it once.
 *
 * @throws Failure `unreachable` when it is nowhere and cannot be fetched, `invalid-input` where there is none for `host`
 */
export function onnxModuleFinder(
  runtimes: Runtimes,
  host = `${process.platform}-${process.arch}`,
): FindOnnxModule {
  // Its 46 MB are hashed once a process.
  let found: Promise<string> | null = null
  const find = async (onFetch: (title: string) => void): Promise<string> => {
    const target = nativeTargetSchema.safeParse(host)
    if (!target.success) {
      throw new Failure(
        'invalid-input',
        `There is no ONNX Runtime for ${host}.`,
        'Import it on another platform.',
      )
    }
    const packages = await runtimes.packages(target.data, ['onnx'], { onFetch })
    const module = packages.flatMap(({ files }) => files).find(({ to }) => to.endsWith('.node'))
    if (!module) throw new Error('The locked ONNX Runtime has no module.')
    return module.source
  }
  return async (onFetch = () => {}) => {
    found ??= find(onFetch)
    try {
      return await found
    } catch (error) {
      found = null
      throw error
    }
  }
}

const lockFile = join(installation.resourcesFolder, 'runtimes', 'locked.json')

export const findOnnxModule: FindOnnxModule = onnxModuleFinder(
  createRuntimes({ lockFile, cacheFolder: join(defaultStateFolder(), 'runtimes') }),
)

/** The version of ONNX Runtime that is run here. */
export async function onnxVersion(): Promise<string> {
  const { onnx = {} } = (await readLockedRuntimes(lockFile)).packages
  return Object.values(onnx)[0]?.version ?? ''
}
