import { z } from 'zod'
import { read } from '../decoding/read.ts'

export const chartTypes = ['bar', 'line', 'scatter', 'area', 'histogram', 'box', 'heatmap'] as const
export const aggregates = ['count', 'sum', 'mean', 'median', 'min', 'max'] as const

const columnName = z.string().min(1)

const builtSchema = z.strictObject({
  from: z.string().min(1),
  type: z.enum(chartTypes),
  x: columnName.optional(),
  y: columnName.optional(),
  /** One series per value. */
  color: columnName.optional(),
  /** How `y` is reduced for each `x` (and `color`); computed in DuckDB. `count` needs no `y`. */
  aggregate: z.enum(aggregates).optional(),
  /** Histogram: number of equal bins. */
  bins: z.number().int().min(1).max(500).optional(),
  title: z.string().optional(),
  xTitle: z.string().optional(),
  yTitle: z.string().optional(),
})

/** A whole Plotly figure; a trace's `x: "@tenure"` reads the column `tenure` of `from`. */
const plotlySchema = z.strictObject({
  from: z.string().min(1),
  data: z.array(z.record(z.string(), z.unknown())).min(1),
  layout: z.record(z.string(), z.unknown()).optional(),
})

/** The JSON of a chart cell. */
export const chartSpecSchema = z.unknown().transform((value, context) => {
  const whole = typeof value === 'object' && value !== null && 'data' in value
  const reading = whole ? read(plotlySchema, value) : read(builtSchema, value)
  if (!reading.ok) {
    for (const { message, path, whatToDo } of reading.problems) {
      context.addIssue({ code: 'custom', message, path: [...path], params: { whatToDo } })
    }
    return z.NEVER
  }
  const spec = reading.value
  if ('data' in spec) return { form: 'plotly' as const, ...spec }
  const missing = missingKey(spec)
  if (missing) {
    context.addIssue({ code: 'custom', message: missing, path: [] })
    return z.NEVER
  }
  return { form: 'built' as const, ...spec }
})
export type ChartSpec = z.infer<typeof chartSpecSchema>
export type BuiltChart = Extract<ChartSpec, { form: 'built' }>
export type PlotlyChart = Extract<ChartSpec, { form: 'plotly' }>

function missingKey(spec: z.infer<typeof builtSchema>): string | null {
  const needs = (key: 'x' | 'y', why: string) => `a ${spec.type} chart needs "${key}", ${why}`
  switch (spec.type) {
    case 'histogram':
      return spec.x === undefined ? needs('x', 'the column to count') : null
    case 'box':
      return spec.y === undefined ? needs('y', 'the column whose spread is shown') : null
    case 'heatmap':
      if (spec.x === undefined) return needs('x', 'the column across')
      return spec.y === undefined ? needs('y', 'the column upwards') : null
    case 'bar':
    case 'line':
    case 'area':
      if (spec.x === undefined) return needs('x', 'the column across')
      if (spec.y !== undefined || spec.aggregate === 'count') return null
      return spec.type === 'bar' ? null : needs('y', 'or "aggregate": "count"')
    case 'scatter':
      if (spec.x === undefined) return needs('x', 'the column across')
      return spec.y === undefined ? needs('y', 'the column upwards') : null
  }
}
