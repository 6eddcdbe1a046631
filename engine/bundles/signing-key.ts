import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest, ManifestSignature } from '../../shared/bundle/manifest.ts'
import { keyFingerprint, signedText } from '../../shared/bundle/manifest-signature.ts'
import type { StoredReport } from '../../shared/bundle/stored-report.ts'
import { Failure } from '../../shared/failure.ts'
import { writeFailure } from '../workspace/atomic-write.ts'
import { signatureChecker } from './signature-checker.ts'

const privateFile = 'ed25519.pem'
const publicFile = 'ed25519.pub.pem'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

async function readKey(path: string): Promise<KeyObject | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new Failure(
      'failed',
      `The signing key ${path} cannot be read (${codeOf(error)}).`,
      'Make the file readable for yourself, or move it away to have a new key made.',
    )
  }
  try {
    const key = createPrivateKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below, as for a key of another kind.
  }
  throw new Failure(
    'failed',
    `${path} is no Ed25519 private key in PEM form.`,
    'Restore it from a copy, or move it away to have a new key made; bundles then carry another fingerprint.',
  )
}

/**
 * Makes the pair at the first use. The private key appears whole or not at all, and of two packagings that begin
 * at once both sign with the one that came first.
 */
async function makeKey(folder: string, path: string): Promise<KeyObject> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Also where the workspace's own ignore file does not name `.slipway/`.
    await writeFile(join(folder, '.gitignore'), '*\n')
    await writeFile(temporary, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    await link(temporary, path).catch(async (error: unknown) => {
      // A disk without hard links (FAT, exFAT) cannot say that another came first.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error))) throw error
      await rename(temporary, path)
    })
    await writeFile(join(folder, publicFile), publicKey.export({ type: 'spki', format: 'pem' }))
    return privateKey
  } catch (error) {
    const first = codeOf(error) === 'EEXIST' ? await readKey(path) : null
    if (first) return first
    throw writeFailure(error, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Signs manifests and reports with the workspace's key, which is made when there is none. */
export interface Signer {
  /** The same with a signature in place of the one it may have. @throws Failure when the key cannot be read or made */
  sign<T extends Manifest | StoredReport>(unsigned: T): Promise<T>
  /** Names the workspace's key; null while it has none. @throws Failure when it cannot be read */
  fingerprint(): Promise<string | null>
}

function publicKeyOf(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return Buffer.from(x, 'base64url').toString('base64')
}

/** @param folder `.slipway/keys` of the workspace */
export function createSigner(folder: string): Signer {
  const path = join(folder, privateFile)
  return {
    async sign(unsigned) {
      const key = (await readKey(path)) ?? (await makeKey(folder, path))
      const signature: ManifestSignature = {
        algorithm: 'ed25519',
        publicKey: publicKeyOf(key),
        value: sign(null, Buffer.from(signedText(unsigned)), key).toString('base64'),
      }
      return { ...unsigned, signature }
    },
    async fingerprint() {
      const key = await readKey(path)
      return key && keyFingerprint(publicKeyOf(key), signatureChecker)
    },
  }
}
