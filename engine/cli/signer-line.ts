import type { BundleSigner } from '../bundles/bundles.ts'

/** What a command says of the key of a bundle that it deploys; nothing of a signature that does not fit, which it refuses. */
export function signerLine(bundle: string, { signed, own }: BundleSigner): string {
  switch (signed.kind) {
    case 'broken':
      return ''
    case 'unsigned':
      return `Warning: ${bundle} is not signed. Anybody could have written or changed it.\n`
    case 'signed':
      return own
        ? `Signed by ${signed.fingerprint}, this workspace's key.\n`
        : `Warning: ${bundle} is signed by ${signed.fingerprint}, not this workspace's key. Make sure that you know whose it is.\n`
  }
}
