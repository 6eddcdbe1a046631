import type { Deployment } from '../../shared/contract/deployments.ts'

const everyMs = 1500

/** Looks at all deployments again and again: adopts, and tells when one ended or started again by itself. */
export function watchDeployments(parts: {
  adopt(): Promise<void>
  list(): Promise<Deployment[]>
  onChange(): void
}): () => void {
  let before = ''
  let ended = false
  const look = async () => {
    await parts.adopt()
    const all = await parts.list()
    const now = JSON.stringify(all.map(({ name, state, restarts }) => [name, state, restarts]))
    if (before !== '' && now !== before) parts.onChange()
    before = now
  }
  const turn = () => {
    // A folder that cannot be read now is looked at again.
    look()
      .catch(() => {})
      .finally(() => {
        if (!ended) timer = setTimeout(turn, everyMs)
      })
  }
  let timer = setTimeout(turn, 0)
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
