import { assertNever } from '../../../shared/assert-never.ts'
import { chartSpecOf } from '../analyse-cell.ts'
import type { CellRunner } from '../cell-run.ts'
import { builtFigure } from './built-figure.ts'
import { plotlyFigure } from './plotly-figure.ts'

/** Computes a Plotly figure; whatever can be counted or averaged is, in DuckDB. */
export const runChartCell: CellRunner = async (run) => {
  const spec = chartSpecOf(run.analysed.cell, run.title)
  switch (spec.form) {
    case 'built':
      run.show([await builtFigure(run.session, spec)])
      return { ok: true }
    case 'plotly':
      run.show([await plotlyFigure(run.session, spec)])
      return { ok: true }
    default:
      return assertNever(spec)
  }
}
