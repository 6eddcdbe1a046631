import type { Figures } from './press.ts'

/** What bench/servers.ts found out about one server with one model: figures, or why there are none. */
export type ServerResult = { kind: string; name: string } & (
  | { missing: string; speeds?: never }
  | {
      missing?: never
      title: string
      /** Test metric of the model it served; NaN where there is none. */
      auc: number
      /** From the start of its process to its first answered prediction. */
      readyMs: number
      bytes: number
      runtimeBytes: number
      /** After the first answer, and at the end. */
      restMemory: number
      loadedMemory: number
      speeds: SpeedResult[]
    }
)

export interface SpeedResult extends Figures {
  load: string
  /** Of processor time, all processes of the server, per request. */
  cpuMicroseconds: number
  perSecondOfRuns: number[]
}

type Measured = Extract<ServerResult, { title: string }>
const isMeasured = (result: ServerResult): result is Measured => result.missing === undefined

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [rowOf(head), `|${'---|'.repeat(head.length)}`, ...rows.map(rowOf)].join('\n')

const count = (value: number): string => Math.round(value).toLocaleString('en-US')
const megabytes = (bytes: number): string => (Number.isNaN(bytes) ? 'unknown' : `${count(bytes / 1e6)} MB`)
const milliseconds = (value: number): string => (value < 1 ? '< 1 ms' : `${count(value)} ms`)

const loadsOf = (results: readonly Measured[]): string[] => results[0]?.speeds.map(({ load }) => load) ?? []

/** Requests per second with their spread, latency and processor time of each server under each load. */
export function speedTable(results: readonly ServerResult[]): string {
  const measured = results.filter(isMeasured)
  const rows = loadsOf(measured).flatMap((load) =>
    measured.flatMap(({ name, speeds }) =>
      speeds
        .filter((speed) => speed.load === load)
        .map((speed) => [
          load,
          name,
          `${count(speed.perSecond)}/s`,
          `${count(Math.min(...speed.perSecondOfRuns))} to ${count(Math.max(...speed.perSecondOfRuns))}`,
          milliseconds(speed.p50),
          milliseconds(speed.p99),
          `${count(speed.cpuMicroseconds)} µs`,
        ]),
    ),
  )
  const missing = results.flatMap(({ name, missing: why }) =>
    why === undefined ? [] : [`${name} was not measured: ${why}`],
  )
  const head = ['request', 'server', 'median', 'runs', 'p50', 'p99', 'processor time a request']
  return [table(head, rows), ...missing].join('\n\n')
}

/** How often Slipway's requests per second are those of each other server, run by run: the median and the range. */
export function ratioTable(results: readonly ServerResult[]): string {
  const measured = results.filter(isMeasured)
  const own = measured.find(({ name }) => name === 'slipway')
  if (own === undefined) return 'Slipway was not measured.'
  const others = measured.filter(({ name }) => name !== 'slipway')
  const rows = loadsOf(measured).map((load) => [
    load,
    ...others.map(({ speeds }) => {
      const ours = own.speeds.find((speed) => speed.load === load)?.perSecondOfRuns ?? []
      const theirs = speeds.find((speed) => speed.load === load)?.perSecondOfRuns ?? []
      const ratios = ours.map((value, run) => value / (theirs[run] ?? Number.NaN)).sort((a, b) => a - b)
      const at = (index: number) => (ratios[index] ?? Number.NaN).toPrecision(3)
      return `${at(ratios.length >> 1)} (${at(0)} to ${at(ratios.length - 1)})`
    }),
  ])
  return table(['Slipway ÷', ...others.map(({ name }) => name)], rows)
}

/** Start, size and memory of each server. */
export function sizeTable(results: readonly ServerResult[]): string {
  const rows = results
    .filter(isMeasured)
    .map((result) => [
      result.name,
      milliseconds(result.readyMs),
      megabytes(result.bytes),
      megabytes(result.runtimeBytes),
      megabytes(result.restMemory),
      megabytes(result.loadedMemory),
      Number.isNaN(result.auc) ? '' : result.auc.toFixed(3),
      result.title,
    ])
  const head = [
    ...['server', 'start to first answer', 'size', 'its runtime', 'memory at first', 'memory after'],
    ...['test AUC', 'versions'],
  ]
  return table(head, rows)
}
