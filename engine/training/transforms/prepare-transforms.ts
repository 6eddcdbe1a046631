import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { Failure } from '../../../shared/failure.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { quoted, rowColumn } from '../../../shared/transforms/chain-sql.ts'
import {
  type FrozenStatistic,
  type TransformPlan,
  type TransformSummary,
  transformFiles,
} from '../../../shared/transforms/transform-plan.ts'
import { quote, quoteRelation, type Session } from '../../data/database.ts'
import { chooseFeatures, describeRelation, findTarget, type SourceColumn } from '../choose-columns.ts'
import { valueKindOf, valueSql } from '../column-kinds.ts'
import { type OpenedData, openData, type ReportStep } from '../open-data.ts'
import { parts, splitTable } from '../split-rows.ts'
import { sourceRow, type TrainingSource } from '../take-snapshot.ts'
import { checkTrainingRows, compareWithRelation } from './check-training-rows.ts'
import { chooseFrozen } from './choose-frozen.ts'
import { constrainInputs } from './constrain-inputs.ts'
import { copyLookups, fileName } from './copy-lookups.ts'
import { type FrozenChain, freezeStatistics, plainChain } from './frozen-sql.ts'
import { openNeeds } from './needed-columns.ts'
import { type Chain, type RelationDefinition, readChain } from './read-chain.ts'
import { createRefreeze, materialise, type Refreeze } from './refreeze.ts'
import { servingColumns } from './serving-signature.ts'
import { type StagedInput, stageInput } from './stage-input.ts'

export interface FinishedTransforms {
  /** What requests carry, and what the model answers. */
  readonly signature: Signature
  readonly summary: TransformSummary
  readonly files: ReadonlyMap<string, Uint8Array>
  /** All columns of the staged input, in its order. */
  readonly inputs: TransformPlan['inputs']
  /** What the SQL keeps from being as strict as it was asked to be. */
  readonly warnings: readonly LeakageWarning[]
}

export interface PreparedTransforms {
  /** The training rows as the travelling SQL makes them. */
  readonly source: TrainingSource
  readonly statistics: readonly FrozenStatistic[]
  /** Takes the statistics on other rows, such as a fold's; null where none is frozen. */
  readonly refreeze: Refreeze | null
  /** After the split: all that goes into the version's files. @param trained the spec, with what a search chose @param signature of the features */
  finish(
    opened: Pick<OpenedData, 'columns'>,
    trained: TrainSpec,
    signature: Signature,
  ): Promise<FinishedTransforms>
}

const trainingTable = 'temp.slipway_training'
const trainingRows = 'temp.slipway_training_rows'
const source: TrainingSource = { quoted: trainingTable, rowColumn }

/** The rows that the split trains on, which do not depend on the values of frozen statistics. */
async function findTrainingRows(
  session: Session,
  spec: TrainSpec,
  report: ReportStep,
): Promise<{ table: string; count: number }> {
  // Of a row by itself a deviation is 0, and what is divided by it missing.
  const { counts } = await openData(session, spec, [], report, { ...source, provisional: true })
  await session.run(
    `create temp table ${trainingRows} as select ${sourceRow} as r from ${splitTable} where part = ${parts.train}`,
  )
  await session.run(`drop table ${splitTable}`)
  return { table: trainingRows, count: counts.train }
}

function refuseTarget(target: string, column: string): Failure {
  return new Failure(
    'invalid-input',
    `The SQL from the serving input on needs "${column}" to make the features, and the target "${target}" is made of it; no request knows it.`,
    `Leave what is made of "${column}" out of the features. A filter on it, such as where ${quote(column)} is not null, belongs upstream of servingInput.`,
    'servingInput',
  )
}

/** Marks the columns of the serving input that requests must carry. */
async function askInputs(
  session: Session,
  spec: TrainSpec,
  chain: Chain,
  frozen: FrozenChain,
  staged: StagedInput,
): Promise<TransformPlan['inputs']> {
  const described = await describeRelation(session, spec.from, trainingTable)
  const columns = described.filter(({ name }) => name !== rowColumn)
  const target = findTarget(spec, columns)
  const features = chooseFeatures(spec, columns)
  const needs = await openNeeds(session, frozen.chain, staged, chain.lookups)
  try {
    const needed = await needs.of(features.map(({ name }) => name))
    const always = await needs.of([])
    const ofTarget = [...(await needs.of([target.name]))].filter((name) => !always.has(name))
    const named = [...needed].find((name) => name.toLowerCase() === target.name.toLowerCase())
    const [only, another] = ofTarget
    const made = only !== undefined && another === undefined && needed.has(only) ? only : undefined
    const leak = named ?? made
    if (leak !== undefined) throw refuseTarget(target.name, leak)
    const uncarried = [...needed].find((name) => staged.uncarried.has(name))
    if (uncarried !== undefined) {
      throw new Failure(
        'invalid-input',
        `The SQL needs the column "${uncarried}" of "${chain.servingInput}", of type ${staged.uncarried.get(uncarried)}, which no request can carry.`,
        'Convert it to a number, text, a truth value, a date or a timestamp in a cell upstream of servingInput.',
        'servingInput',
      )
    }
    if (needed.size === 0) {
      throw new Failure(
        'invalid-input',
        `The features need no column of "${chain.servingInput}": every request would get the same answer.`,
        'Name a relation in servingInput that the features are made from.',
        'servingInput',
      )
    }
    return staged.inputs.map((input) => ({ ...input, asked: needed.has(input.name) }))
  } finally {
    needs.close()
  }
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
}

/**
 * Everything before the split that SQL between the serving input and the training relation asks for: reads the chain,
 * refuses what is not row by row, freezes statistics over the training rows, and makes the training relation with the
 * very SQL that travels. Leaves temporary tables in `session`, which end with it.
 *
 * @throws Failure `invalid-input` naming the cell and the expression at fault
 */
export async function prepareTransforms(
  session: Session,
  spec: TrainSpec,
  servingInput: string,
  definitions: readonly RelationDefinition[],
  report: ReportStep,
): Promise<PreparedTransforms> {
  report('reading the SQL', 0)
  // Told first when the relation itself is not there.
  await describeRelation(session, spec.from, quoteRelation(spec.from))
  const chain = await readChain(session, definitions, servingInput, spec.from)
  const chosen = chooseFrozen(chain, spec.freeze)
  report(`reading ${servingInput}`, 0)
  const staged = await stageInput(session, servingInput)
  const plain = plainChain(chain, staged)
  await materialise(session, trainingTable, plain)
  await checkTrainingRows(session, trainingTable, chain.servingInput)
  let frozen: FrozenChain = { chain: plain, statistics: [] }
  if (chosen.length > 0) {
    const rows = await findTrainingRows(session, spec, report)
    frozen = await freezeStatistics(session, chain, staged, chosen, rows)
    await materialise(session, trainingTable, frozen.chain)
    await checkTrainingRows(session, trainingTable, chain.servingInput)
  }
  // Told before anything is trained.
  await askInputs(session, spec, chain, frozen, staged)
  if (chosen.length === 0) {
    const columns = await describeRelation(session, spec.from, trainingTable)
    const used: SourceColumn[] = [
      findTarget(spec, columns),
      ...chooseFeatures(
        spec,
        columns.filter(({ name }) => name !== rowColumn),
      ),
    ]
    await compareWithRelation(session, spec.from, trainingTable, used)
  }

  return {
    source,
    statistics: frozen.statistics,
    refreeze: chosen.length === 0 ? null : createRefreeze(session, chain, staged, chosen),
    async finish(opened, trained, signature) {
      const features = chooseFeatures(trained, opened.columns)
      const inputs = await askInputs(session, trained, chain, frozen, staged)
      if (chosen.length > 0) await checkSameSplit(session)
      const { lookups, files: copied } = await copyLookups(session, chain.lookups)
      const files = new Map(copied)
      const relations = chain.cells.map(({ relation, cell }, index) => {
        const file = `transforms/${String(index + 1).padStart(2, '0')}-${fileName(relation)}.sql`
        files.set(file, new TextEncoder().encode(`${frozen.chain.relations[index]?.sql ?? ''}\n`))
        return { relation, cell, file }
      })
      const plan: TransformPlan = {
        version: 1,
        servingInput,
        inputs: [...inputs],
        relations,
        lookups,
        outputs: features.map(({ name, sourceType, type }) => ({
          name,
          sql: valueSql(`f.${quoted(name)}`, sourceType, valueKindOf(type)),
          carried: type,
        })),
      }
      const statistics = [...frozen.statistics]
      const held = await constrainInputs(session, trained, features, inputs, servingInput, trainingTable)
      files.set(transformFiles.plan, json(plan))
      files.set(transformFiles.statistics, json({ version: 1, statistics }))
      return {
        signature: { ...signature, inputs: await servingColumns(session, inputs, held.byInput) },
        summary: { servingInput, cells: relations, lookups, statistics },
        files,
        inputs,
        warnings: held.warnings,
      }
    },
  }
}

/** A filter or a target that moves with a frozen statistic would change which rows it is computed on. */
async function checkSameSplit(session: Session): Promise<void> {
  const [found] = await session.rows(
    `select count(*)::double as n from (select ${sourceRow} as r from ${splitTable} where part = ${parts.train}) a
     full join ${trainingRows} b using (r) where a.r is null or b.r is null`,
  )
  if (Number(found?.n) === 0) return
  throw new Failure(
    'invalid-input',
    'The target, or a filter on the way to it, depends on a frozen statistic, which would then depend on itself.',
    'Compute it in a cell upstream of servingInput.',
    'freeze',
  )
}
