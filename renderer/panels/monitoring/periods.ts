/** How far back the charts look, and how often they are read again: a longer axis moves less in a second. */
export interface Period {
  readonly value: string
  readonly label: string
  readonly minutes: number
  readonly refreshMs: number
}

export const periods: readonly Period[] = [
  { value: '15m', label: '15 min', minutes: 15, refreshMs: 2000 },
  { value: '1h', label: '1 h', minutes: 60, refreshMs: 2000 },
  { value: '6h', label: '6 h', minutes: 360, refreshMs: 2000 },
  { value: '24h', label: '24 h', minutes: 1440, refreshMs: 5000 },
  { value: '7d', label: '7 d', minutes: 10_080, refreshMs: 10_000 },
]

export const defaultPeriod: Period = periods[0]!
