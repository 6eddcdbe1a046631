/** The evaluation thread: computes one part of a report from the columns it was started with, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { decode } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { compareScores } from './compare-scores.ts'
import { type EvaluationJob, type EvaluationMessage, evaluationJobSchema } from './evaluation-job.ts'
import { columnDependence, columnImportance } from './inspect-model.ts'
import { explainRows, summariseShap } from './inspect-trees.ts'
import { slicesOf } from './slices-of.ts'

async function run(job: EvaluationJob, progress: (fraction: number) => void): Promise<unknown> {
  switch (job.kind) {
    case 'slices':
      return slicesOf(job)
    case 'importance':
      return columnImportance(job, progress)
    case 'dependence':
      return columnDependence(job)
    case 'shap':
      return summariseShap(job)
    case 'explain':
      return explainRows(job)
    case 'compare':
      return compareScores(job)
  }
}

const port = parentPort
if (!port) throw new Error('Evaluation runs as a worker thread.')
const post = (message: EvaluationMessage) => port.postMessage(message)
try {
  const job = decode(evaluationJobSchema, workerData, 'The evaluation request')
  post({ kind: 'done', result: await run(job, (fraction) => post({ kind: 'progress', fraction })) })
} catch (error) {
  if (!(error instanceof Failure)) throw error
  post({ kind: 'failed', failure: error.toData() })
}
