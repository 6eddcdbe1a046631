/** Gauges whose names end as counters' do, which promtool objects to. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** Node's own metrics of this process, as values that those of other processes are added to. */
export interface ProcessMetrics {
  values(): Promise<object>
  /** Prometheus text of the values of several processes. */
  text(values: readonly object[]): Promise<string>
}

/** Loaded when they are first asked for, or a second after the start, which they would delay. */
export async function loadProcessMetrics(): Promise<ProcessMetrics> {
  const { AggregatorRegistry, collectDefaultMetrics, Registry } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  return {
    values: () => registry.getMetricsAsJSON(),
    text: (values) => AggregatorRegistry.aggregate([...values]).metrics(),
  }
}
