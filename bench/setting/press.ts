import autocannon from 'autocannon'

export interface Figures {
  /** Requests. */
  perSecond: number
  /** Milliseconds, whole: what is below 1 is 0. */
  p50: number
  p99: number
}

/** Sends one JSON body again and again over so many connections. @param duration seconds */
export async function press(
  url: string,
  body: string,
  connections: number,
  duration: number,
): Promise<Figures> {
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration,
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`)
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 }
}

/** The median; of an even count the upper of the two in the middle. */
export const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Medians of several runs. */
export function summary(runs: readonly Figures[]): Figures {
  return {
    perSecond: middle(runs.map((run) => run.perSecond)),
    p50: middle(runs.map((run) => run.p50)),
    p99: middle(runs.map((run) => run.p99)),
  }
}
