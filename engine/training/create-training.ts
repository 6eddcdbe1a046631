import { join } from 'node:path'
import { version as duckdbVersion } from '@duckdb/node-api'
import type { LeakageWarning } from '../../shared/catalog/training-results.ts'
import { type TrainedRecord, versionFiles } from '../../shared/catalog/version.ts'
import type { EvaluationFile } from '../../shared/evaluation/evaluation-file.ts'
import { Failure } from '../../shared/failure.ts'
import { withoutFolds } from '../../shared/features/assemble-pipeline.ts'
import { modelNamePattern, type TrainSpec } from '../../shared/notebook/train-spec.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import type { Database, Session } from '../data/database.ts'
import { heldOutColumns, writeHoldOut } from '../evaluation/hold-out.ts'
import { openAsyncPredictor } from '../scoring/scoring-thread.ts'
import { checkSameFeatures, fingerprintOf } from './given/check-given.ts'
import { constrainGiven } from './given/constrain-given.ts'
import { keepCompiled } from './keep-compiled.ts'
import { checkLeakage } from './leakage/check-leakage.ts'
import { targetTimeOf } from './leakage/future-timestamps.ts'
import { makeExamples } from './make-examples.ts'
import { type OpenedData, openData, type ReportStep } from './open-data.ts'
import { type Prepared, prepareData } from './prepare-data.ts'
import { gitState, type RunProgram, runProgram } from './read-provenance.ts'
import { cancelled, runTrainer, type TrainerRun } from './run-trainer.ts'
import { checkSettings } from './search/check-settings.ts'
import { type DrawnTrial, drawTrials } from './search/draw-trials.ts'
import { runStudies, type Studies } from './search/run-studies.ts'
import { createStoppableWork, inSession } from './stoppable-work.ts'
import { checkTargetPrecision } from './target-precision.ts'
import { together } from './together.ts'
import type { GivenModel, TrainedModel, Training, TrainProgress, TrainRequest } from './training.ts'
import { refuseInputConstraints } from './transforms/constrain-inputs.ts'
import { type FinishedTransforms, prepareTransforms } from './transforms/prepare-transforms.ts'
import { makeServingExamples } from './transforms/serving-examples.ts'
import { writeCard } from './write-card.ts'

export interface TrainingDependencies {
  database: Database
  /** Where git is asked for the commit. */
  workspaceFolder: string
  /** Slipway's own version, for the provenance. */
  slipwayVersion: string
  now?: () => number
  run?: RunProgram
  /** Where searches keep what they have finished; default `.slipway/search` in the workspace. */
  searchFolder?: string
}

/** A catalog name from a cell's or a target's name: what may not stand in one becomes `_`. */
export function modelNameOf(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^[^A-Za-z]+/, '')
  return modelNamePattern.test(cleaned) ? cleaned : (cleaned || 'model').slice(0, 64)
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
}

function evaluationFileOf({ heldOut, split }: Prepared, result: TrainerRun['result']): EvaluationFile {
  const columns = heldOutColumns(heldOut.features, heldOut.extras)
  const outputs = result.scores.length / heldOut.rows
  return {
    format: 1,
    report: result.report,
    heldOut: { rows: heldOut.rows, of: split.test, outputs, columns },
  }
}

/** Settings that cannot be are refused before any data is read. */
function drawnTrials(spec: TrainSpec): DrawnTrial[] {
  const { search, split } = spec
  return search ? drawTrials(spec, search, search.seed ?? split?.seed ?? 7) : []
}

function checkKind({ spec, given }: TrainRequest): void {
  if (spec.model?.kind !== 'tfjs' || given) return
  throw new Failure(
    'invalid-input',
    'A train cell trains "linear", "logistic", "mlp" and "gbdt"; a model of kind "tfjs" is made in a TypeScript cell.',
    'Choose another kind, or register the model there: await catalog.register(name, { model, features }).',
    'model.kind',
  )
}

/** Trains models on relations of the workspace database, each in a trainer thread of its own. */
export function createTraining(dependencies: TrainingDependencies): Training {
  const { database, workspaceFolder, slipwayVersion, now = Date.now, run = runProgram } = dependencies
  const { searchFolder = join(workspaceFolder, '.slipway', 'search') } = dependencies
  const work = createStoppableWork()

  const fitModel = async (
    prepared: Prepared,
    given: GivenModel | undefined,
    onProgress: TrainRequest['onProgress'],
    signal: AbortSignal,
  ): Promise<TrainerRun> => {
    const { signature, pipeline, seed, parts, resolved } = prepared
    const { kind } = resolved.model
    const input = {
      signature,
      pipeline,
      model: resolved.model,
      seed,
      ...parts,
      keepRows: prepared.heldOut.rows,
      ...(given ? { given: { modelJson: given.modelJson, weights: given.weights } } : {}),
    }
    onProgress({ step: 'starting the trainer', fraction: 0.3, epochs: 0, history: [] })
    if (kind === 'tfjs') await keepCompiled()
    return runTrainer(input, signal, (history, epochs) => {
      const step = `${kind === 'gbdt' ? 'round' : 'epoch'} ${history.length} of ${epochs}`
      const fraction = 0.3 + (0.65 * history.length) / epochs
      onProgress({ step, fraction, epochs, history: [...history] })
    })
  }

  const assemble = async (
    session: Session,
    request: TrainRequest,
    opened: OpenedData,
    studies: Studies,
    prepared: Prepared,
    signature: Signature,
    travelling: FinishedTransforms | null,
    trained: TrainerRun,
    warnings: LeakageWarning[],
    started: number,
  ): Promise<TrainedModel> => {
    const { pipeline, resolved } = prepared
    const { modelJson, weights, coefficients, metrics, naive, outputs } = trained.result
    const of = { signature: travelling ? prepared.signature : signature, pipeline, modelJson, weights }
    const predictor = await openAsyncPredictor(of)
    const examples = travelling
      ? await makeServingExamples(session, predictor, travelling)
      : await makeExamples(session, predictor)
    predictor.close()
    const git = await gitState(workspaceFolder, run)
    const created = now()
    const record: TrainedRecord = {
      name: request.spec.register ?? modelNameOf(request.defaultName),
      task: resolved.task,
      created: new Date(created).toISOString(),
      durationMs: created - started,
      spec: request.spec,
      signature,
      metrics,
      split: prepared.split,
      history: request.given?.history ?? trained.history,
      ...(opened.heldBack.length > 0 ? { heldBack: opened.heldBack } : {}),
      ...(studies.crossValidation ? { crossValidation: studies.crossValidation } : {}),
      ...(studies.search ? { search: studies.search } : {}),
      ...(warnings.length > 0 ? { warnings } : {}),
      ...(travelling ? { transforms: travelling.summary } : {}),
      provenance: {
        notebook: request.origin?.notebook ?? null,
        notebookHash: request.origin?.notebookHash ?? null,
        cell: request.origin?.cell ?? null,
        data: prepared.data,
        git,
        ...(request.origin?.sources === undefined ? {} : { sources: request.origin.sources }),
        slipway: slipwayVersion,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        backend: trained.backend,
        packages: {
          duckdb: duckdbVersion().replace(/^v/, ''),
          ...(trained.tfjs === null ? {} : { '@tensorflow/tfjs': trained.tfjs }),
        },
      },
    }
    const card = writeCard(record, resolved.model, naive)
    const files = new Map<string, Uint8Array>([
      [versionFiles.features, json(withoutFolds(pipeline))],
      [versionFiles.signature, json(signature)],
      [versionFiles.baseline, json(prepared.baseline(outputs))],
      [versionFiles.examples, json(examples)],
      [versionFiles.card, new TextEncoder().encode(card)],
      [versionFiles.modelTopology, new TextEncoder().encode(modelJson)],
    ])
    if (weights) files.set(versionFiles.modelWeights, weights)
    files.set(versionFiles.evaluation, json(evaluationFileOf(prepared, trained.result)))
    const { scores } = trained.result
    const width = scores.length / prepared.heldOut.rows
    files.set(versionFiles.heldOut, await writeHoldOut(session, prepared.heldOut, scores, width))
    if (coefficients) files.set(versionFiles.coefficients, json(coefficients))
    for (const [path, bytes] of travelling?.files ?? []) files.set(path, bytes)
    return { record, naive, files }
  }

  const open = async (
    session: Session,
    { spec, definitions = [] }: Pick<TrainRequest, 'spec' | 'definitions'>,
    drawn: readonly DrawnTrial[],
    report: ReportStep,
  ) => {
    const { servingInput, from } = spec
    const transforms =
      servingInput === undefined || servingInput === from
        ? null
        : await prepareTransforms(session, spec, servingInput, definitions, report)
    if (!transforms && spec.inputConstraints) throw refuseInputConstraints()
    const opened = await openData(session, spec, drawn, report, transforms?.source)
    await checkSettings(session, opened, spec, drawn, report)
    targetTimeOf(spec, opened.columns)
    return { transforms, opened }
  }

  const train = (request: TrainRequest, signal: AbortSignal): Promise<TrainedModel> =>
    inSession(database, signal, async (session) => {
      const started = now()
      const throwIfStopped = () => {
        if (signal.aborted) throw cancelled()
      }
      let search: TrainProgress['search']
      // What studies have taken of the whole: the rest is for the version itself.
      let begun = 0
      const progress = (now: TrainProgress) =>
        request.onProgress({
          ...now,
          fraction: begun + (1 - begun) * now.fraction,
          ...(search ? { search } : {}),
        })
      const report: ReportStep = (step, fraction) => {
        // Between statements there is nothing to interrupt: stop before the next one begins.
        throwIfStopped()
        progress({ step, fraction, epochs: 0, history: [] })
      }
      checkKind(request)
      const drawn = drawnTrials(request.spec)
      const { transforms, opened } = await open(session, request, drawn, report)
      const studies = await runStudies(session, opened, {
        spec: request.spec,
        drawn,
        folder: searchFolder,
        slipwayVersion,
        refreeze: transforms?.refreeze ?? null,
        signal,
        now,
        onProgress(step, share, table) {
          throwIfStopped()
          if (table) search = table
          progress({ step, fraction: 0.05 + 0.6 * share, epochs: 0, history: [] })
        },
      })
      begun = studies.spec === request.spec && !studies.crossValidation ? 0 : 0.65
      const prepared = await prepareData(session, opened, studies.spec, report)
      if (request.given) checkSameFeatures(prepared, request.given)
      const travelling = transforms ? await transforms.finish(opened, studies.spec, prepared.signature) : null
      const of = { own: travelling?.signature ?? prepared.signature, inputs: travelling?.inputs ?? null }
      const signature = await constrainGiven(session, opened, studies.spec, of, request.given?.signature)
      throwIfStopped()
      // The database is idle while the trainer works.
      const [trained, warnings] = await together(
        fitModel(prepared, request.given, progress, signal),
        checkLeakage(session, opened, studies.spec, throwIfStopped),
      )
      const imprecise = await checkTargetPrecision(session, prepared.resolved, opened.target.name)
      progress({
        step: 'writing the model',
        fraction: 0.97,
        epochs: trained.history.length,
        history: trained.history,
      })
      const model = await assemble(
        session,
        request,
        opened,
        studies,
        prepared,
        signature,
        travelling,
        trained,
        [...(travelling?.warnings ?? []), ...warnings, ...(imprecise ? [imprecise] : [])],
        started,
      )
      throwIfStopped()
      return model
    })

  const fitFeatures: Training['fitFeatures'] = ({ signal, ...request }) =>
    inSession(database, signal, async (session) => {
      const report: ReportStep = () => {
        if (signal.aborted) throw cancelled()
      }
      const { transforms, opened } = await open(session, request, [], report)
      const prepared = await prepareData(session, opened, request.spec, report)
      const travelling = transforms ? await transforms.finish(opened, request.spec, prepared.signature) : null
      const { pipeline, parts, split } = prepared
      const signature = travelling?.signature ?? prepared.signature
      const { train, validation } = parts
      return { signature, pipeline, train, validation, split, fingerprint: fingerprintOf(prepared) }
    })

  return {
    train: (request) => work.run(request.signal, (signal) => train(request, signal)),
    fitFeatures: (request) => work.run(request.signal, (signal) => fitFeatures({ ...request, signal })),
    close: () => work.close(),
  }
}
