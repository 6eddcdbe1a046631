import { z } from 'zod'

/**
 * What a user can cause and can do something about. Anything else that is thrown is a bug.
 *
 * `message` names the thing, what was expected and what was found; `whatToDo` is the way out.
 */
export const failureCodes = [
  'not-found',
  'already-exists',
  'invalid-input',
  'conflict',
  'cancelled',
  'disk-full',
  'port-in-use',
  'busy',
  'integrity',
  /** A bundle without a signature, which may be taken knowingly. */
  'unsigned',
  'unreachable',
  'failed',
] as const

export type FailureCode = (typeof failureCodes)[number]

export const failureSchema = z.strictObject({
  code: z.enum(failureCodes),
  message: z.string(),
  whatToDo: z.string(),
  /** Where in the input the problem is, as a path such as `model.trees` or `data[3].tenure`. */
  path: z.string().optional(),
})

export type FailureData = z.infer<typeof failureSchema>

export class Failure extends Error {
  readonly code: FailureCode
  readonly whatToDo: string
  readonly path: string | undefined

  constructor(code: FailureCode, message: string, whatToDo: string, path?: string) {
    super(message)
    this.name = 'Failure'
    this.code = code
    this.whatToDo = whatToDo
    this.path = path
  }

  toData(): FailureData {
    const data: FailureData = { code: this.code, message: this.message, whatToDo: this.whatToDo }
    return this.path === undefined ? data : { ...data, path: this.path }
  }
}

/** Rebuilds the failure that crossed a process or network boundary as data. */
export function failureFromData(data: FailureData): Failure {
  return new Failure(data.code, data.message, data.whatToDo, data.path)
}

/** One line for a terminal or a log. */
export function describeFailure(error: unknown): string {
  if (error instanceof Failure) return `${error.message} ${error.whatToDo}`.trim()
  return error instanceof Error ? error.message : String(error)
}
