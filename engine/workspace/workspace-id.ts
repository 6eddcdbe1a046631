import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { decodeJson } from '../../shared/decode.ts'
import { claimFolder, removeFolder, syncedWrite, temporaryName } from '../catalog/claim-folder.ts'

const identitySchema = z.strictObject({ id: z.uuid() })

/**
 * What tells this workspace from every other one, also from a clone of its repository: made at its first opening and
 * kept in `.slipway/identity/workspace.json`. It moves with the folder, and a copy of the whole folder shares it.
 * Where nothing can be written it lasts until the workspace is closed: nothing can be registered there either.
 *
 * @throws Failure where the file is not of its format
 */
export async function workspaceId(state: string): Promise<string> {
  const place = join(state, 'identity')
  const file = join(place, 'workspace.json')
  const read = async () => {
    const text = await readFile(file, 'utf8').catch(() => null)
    return text === null ? null : decodeJson(identitySchema, text, file).id
  }
  const known = await read()
  if (known !== null) return known
  // The window and a command may open a new workspace at the same time; one of them gives it its id.
  const temporary = join(state, temporaryName(Date.now()))
  const id = randomUUID()
  try {
    await mkdir(temporary, { recursive: true })
    await syncedWrite(join(temporary, 'workspace.json'), `${JSON.stringify({ id })}\n`)
    if (await claimFolder(temporary, place)) return id
  } catch {
    return id
  } finally {
    await removeFolder(temporary).catch(() => undefined)
  }
  return (await read()) ?? id
}
