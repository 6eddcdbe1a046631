import type { LoadedModel } from '../bundle/load-model.ts'
import { type AnswerWriter, createAnswerWriter } from '../http/answer-writer.ts'
import type { Monitor } from '../monitoring/monitor.ts'
import type { VersionTally } from '../monitoring/tally.ts'
import type { Scoring } from '../scoring/scoring.ts'

/** A model version ready to answer requests, with all that is compiled for it once. */
export interface ServedVersion {
  readonly model: LoadedModel
  readonly scoring: Scoring
  readonly tally: VersionTally
  /** `{"name":…,"version":…}` as answers carry it. */
  readonly modelText: string
  readonly versionText: string
  /** Answers carry probabilities. */
  readonly classifies: boolean
  readonly write: AnswerWriter
}

export function createServedVersion(
  model: LoadedModel,
  scoring: Scoring,
  monitor: Monitor,
  loggedColumns: readonly string[],
): ServedVersion {
  return {
    model,
    scoring,
    tally: monitor.tally.version(model),
    modelText: JSON.stringify({ name: model.name, version: model.version }),
    versionText: String(model.version),
    classifies: model.signature.task !== 'regression',
    write: createAnswerWriter(model, monitor, loggedColumns),
  }
}
