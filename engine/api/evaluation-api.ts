import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

const never = new AbortController().signal

export function evaluationApi(services: Services) {
  const os = implementer.evaluation
  const evaluation = () => services.opened().evaluation
  return {
    get: os.get.handler(({ input }) => evaluation().get(input)),
    slices: os.slices.handler(({ input: { column, ...version }, signal = never }) =>
      evaluation().slices(version, column, signal),
    ),
    importance: os.importance.handler(({ input, signal = never }) => evaluation().importance(input, signal)),
    dependence: os.dependence.handler(({ input: { column, ...version }, signal = never }) =>
      evaluation().dependence(version, column, signal),
    ),
    shap: os.shap.handler(({ input: { output = 0, ...version }, signal = never }) =>
      evaluation().shap(version, output, signal),
    ),
    explain: os.explain.handler(async ({ input: { row, ...version }, signal = never }) => {
      const [explanation] = await evaluation().explain(version, [row], signal)
      if (!explanation) throw new Error('One row was asked for.')
      return explanation
    }),
    compare: os.compare.handler(({ input, signal = never }) => evaluation().compare(input.versions, signal)),
    exportHtml: os.exportHtml.handler(({ input, signal = never }) => evaluation().exportHtml(input, signal)),
  }
}
