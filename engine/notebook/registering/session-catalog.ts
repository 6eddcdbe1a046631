import { Failure } from '../../../shared/failure.ts'
import type { Output } from '../../../shared/notebook/cell-state.ts'
import { columnsOf, type SessionColumns } from '../typescript/session-columns.ts'
import type { FromSession, LoadedVersion } from '../typescript/session-protocol.ts'
import type { FittedAnswer, RegisteredAnswer } from './register-model.ts'
import { saveModel } from './save-model.ts'
import { type SessionFeatures, sessionFeatures } from './session-features.ts'

/** A message to the engine without its number. */
export type Ask = FromSession extends infer Message
  ? Message extends { request: number }
    ? Omit<Message, 'request'>
    : never
  : never

export interface SessionCatalogParts {
  ask(message: Ask): Promise<unknown>
  /** Puts an output under the cell that runs. */
  show(output: Output): void
  loadTf(): Promise<typeof import('@tensorflow/tfjs')>
}

const registerKeys = ['model', 'features', 'history', 'signature', 'description', 'tags']

/** What `model.fit` gives, as the version's epochs. @throws Failure for something else */
function epochsOf(history: unknown): unknown {
  if (history === undefined) return undefined
  const found = typeof history === 'object' && history !== null ? Reflect.get(history, 'history') : null
  const values = typeof found === 'object' && found !== null ? found : {}
  const [loss, validation]: unknown[] = [Reflect.get(values, 'loss'), Reflect.get(values, 'val_loss')]
  if (!Array.isArray(loss)) {
    throw new Failure(
      'invalid-input',
      'catalog.register was given a history without losses.',
      'Give it what model.fit gave: const history = await model.fit(…).',
    )
  }
  return loss.map((value, index) => ({
    epoch: index + 1,
    loss: value,
    validationLoss: Array.isArray(validation) ? (validation[index] ?? null) : null,
  }))
}

/** The `catalog` of TypeScript cells. */
export function createSessionCatalog({ ask, show, loadTf }: SessionCatalogParts) {
  const fitted = new WeakMap<object, FittedAnswer>()

  function predicts(reference: string) {
    /** Scores a relation by its name, or rows given as objects, by the code that serves. */
    function predict(relation: string): Promise<SessionColumns>
    function predict(rows: Record<string, unknown>[]): Promise<unknown>
    async function predict(of: string | Record<string, unknown>[]): Promise<unknown> {
      if (Array.isArray(of)) return ask({ type: 'predict.rows', reference, rows: of })
      return columnsOf(await ask({ type: 'predict', reference, relation: String(of) }))
    }
    return predict
  }
  const asLoaded = (loaded: LoadedVersion) => ({
    ...loaded,
    predict: predicts(`${loaded.name}:${loaded.version}`),
  })

  return {
    /** A version by `name`, `name:3` or `name@champion`; it stays that version when the alias moves. */
    load: async (reference: string) =>
      asLoaded((await ask({ type: 'catalog.load', reference: String(reference) })) as LoadedVersion),
    list: () => ask({ type: 'catalog.list' }),
    get: (reference: string) => ask({ type: 'catalog.get', reference: String(reference) }),

    /** Splits a relation and fits its features on the training rows, as a train cell does. */
    async fitFeatures(relation: string, settings: Record<string, unknown> = {}): Promise<SessionFeatures> {
      const answer = (await ask({
        type: 'features.fit',
        relation: String(relation),
        settings: JSON.parse(JSON.stringify(settings)),
      })) as FittedAnswer
      const features = sessionFeatures(answer, loadTf)
      fitted.set(features, answer)
      return features
    },

    /** Measures a model of tfjs on the held-out rows of its features, and registers it with them. */
    async register(name: string, given: Record<string, unknown>) {
      const unknown = Object.keys(given ?? {}).find((key) => !registerKeys.includes(key))
      if (unknown !== undefined) {
        throw new Failure(
          'invalid-input',
          `catalog.register does not know "${unknown}"; it takes ${registerKeys.join(', ')}.`,
          'Leave it out.',
        )
      }
      const { model, features, history, ...about } = given ?? {}
      const answer = typeof features === 'object' && features !== null ? fitted.get(features) : undefined
      if (!answer) {
        throw new Failure(
          'invalid-input',
          `catalog.register("${name}", …) needs the features that the model was trained on.`,
          "Give it what catalog.fitFeatures('relation', { target: '…' }) gave.",
        )
      }
      const { loaded, output } = (await ask({
        type: 'catalog.register',
        name: String(name),
        spec: answer.spec,
        fingerprint: answer.fingerprint,
        about: JSON.parse(JSON.stringify({ ...about, history: epochsOf(history) })),
        model: await saveModel(model),
      })) as RegisteredAnswer
      show(output)
      return asLoaded(loaded)
    },
  }
}
