/** Sends a bearer token with each request; null sends none. */
export function withToken(fetching: typeof fetch, token: string | null): typeof fetch {
  if (token === null) return fetching
  return (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return fetching(input, { ...init, headers })
  }
}
