import type { Check } from '../../shared/bundle/check.ts'
import {
  type GateMetrics,
  gateCheck,
  gateText,
  type MetricGate,
  parseGate,
} from '../../shared/bundle/metric-gate.ts'
import type { PackageEvent } from '../../shared/contract/bundles.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { Catalog } from '../catalog/catalog.ts'

/** Metrics of a version, and of the champion where one is given, on the held-out rows of the version. */
export type MeasureForGates = (ref: VersionRef, champion: number | null) => Promise<GateMetrics>

/** What a version's metrics have to keep before its bundle leaves. */
export interface MetricGates {
  /** The model's gates and `more`, each once. @throws Failure `invalid-input` for a text that is no gate */
  of(name: string, more?: readonly string[]): Promise<MetricGate[]>
  /** @param fraction of the whole when the last one is checked */
  check(
    ref: VersionRef,
    gates: readonly MetricGate[],
    onEvent: (event: PackageEvent) => void,
    fraction: number,
  ): Promise<Check[]>
}

export function createMetricGates(parts: { catalog: Catalog; gateMetrics: MeasureForGates }): MetricGates {
  const { catalog, gateMetrics } = parts
  return {
    async of(name, more = []) {
      const texts = [...(await catalog.state(name)).gates, ...more.map((text) => gateText(parseGate(text)))]
      return [...new Set(texts)].map(parseGate)
    },
    async check(ref, gates, onEvent, fraction) {
      if (gates.length === 0) return []
      const { champion } = await catalog.aliases(ref.name)
      const compared = gates.some((gate) => gate.bound.kind === 'champion')
      const other = compared && champion !== undefined && champion !== ref.version ? champion : null
      const from = fraction - 0.03
      onEvent({ type: 'step', title: 'Measuring for the metric gates', fraction: from })
      const metrics = await gateMetrics(ref, other)
      return gates.map((gate, i) => {
        const check = gateCheck(gate, metrics)
        onEvent({ type: 'running', check: check.name, fraction: from + (0.03 * i) / gates.length })
        onEvent({ type: 'check', check, fraction: from + (0.03 * (i + 1)) / gates.length })
        return check
      })
    },
  }
}
