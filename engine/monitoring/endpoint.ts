import { Failure } from '../../shared/failure.ts'

/** A deployment's HTTP address, as the workbench asks it. */
export interface Endpoint {
  readonly url: string
  /** @throws Failure `unreachable` or `failed`, with the address */
  text(path: string): Promise<string>
}

/** How long an answer may take before the endpoint counts as unreachable. */
const patienceMs = 5000

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`
  // fetch wraps the reason: "fetch failed" alone says nothing.
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

/** @throws Failure `invalid-input` for what is not an http address */
export function openEndpoint(address: string, fetchText: typeof fetch = fetch): Endpoint {
  let base: URL
  try {
    base = new URL(/^[a-z]+:\/\//i.test(address) ? address : `http://${address}`)
  } catch {
    throw new Failure('invalid-input', `"${address}" is not an address.`, 'Write http://host:port.')
  }
  if (base.protocol !== 'http:' && base.protocol !== 'https:') {
    throw new Failure(
      'invalid-input',
      `"${address}" is not an http address: ${base.protocol} was found.`,
      'Write http://host:port.',
    )
  }
  const url = base.href.replace(/\/+$/, '')
  return {
    url,
    async text(path) {
      let status: number
      let text: string
      try {
        const response = await fetchText(`${url}${path}`, { signal: AbortSignal.timeout(patienceMs) })
        status = response.status
        text = await response.text()
      } catch (error) {
        throw new Failure(
          'unreachable',
          `${url} cannot be reached: ${reasonOf(error)}.`,
          'See that the deployment is active; nothing is lost, it is read from where the last pull ended.',
        )
      }
      if (status === 401) {
        throw new Failure(
          'failed',
          `${url} asks for a bearer token, and ${path.split('?')[0]} was refused with the one that was sent, or without any.`,
          'Give the right one: to slipway monitor with --token, to a deployment of this workspace with slipway activate --env SLIPWAY_TOKEN.',
        )
      }
      if (status !== 200) {
        throw new Failure(
          'failed',
          `${url}${path} answered ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}.`,
          'See that a Slipway bundle of this version listens there, and look into its log.',
        )
      }
      return text
    },
  }
}
