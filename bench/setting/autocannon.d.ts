/** The part of autocannon 9 that the benchmarks use; the package ships no types. */
declare module 'autocannon' {
  interface Options {
    url: string
    method: 'GET' | 'POST'
    headers: Record<string, string>
    body: string
    connections: number
    /** Seconds. */
    duration: number
  }
  interface Result {
    requests: { average: number; total: number }
    /** Milliseconds. */
    latency: { average: number; p50: number; p99: number }
    non2xx: number
    errors: number
  }
  function autocannon(options: Options): Promise<Result>
  export = autocannon
}
