import { ValidationError } from '@orpc/contract'
import { implement, ORPCError } from '@orpc/server'
import { z } from 'zod'
import { contract } from '../../shared/contract/contract.ts'
import { decode } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'

/** An expected failure crosses the contract as the typed error `FAILURE`; anything else stays a bug. */
function toContractError(error: unknown): unknown {
  if (!(error instanceof Failure)) return error
  return new ORPCError('FAILURE', {
    defined: true,
    status: 400,
    message: error.message,
    data: error.toData(),
  })
}

/** Input that the procedure does not take, such as a name of 200 characters, said as any other mistake of a user is. */
function withWords(error: unknown, schema: unknown, path: readonly string[]): unknown {
  if (!(error instanceof ORPCError && error.code === 'BAD_REQUEST')) return error
  if (!(error.cause instanceof ValidationError && schema instanceof z.ZodType)) return error
  try {
    decode(schema, error.cause.data, `The request ${path.join('.')}`)
    return error
  } catch (failure) {
    return failure
  }
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown, unknown, void> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* withContractErrors(source: AsyncIterator<unknown, unknown, void>): AsyncGenerator {
  try {
    for (;;) {
      const next = await source.next()
      if (next.done) return
      yield next.value
    }
  } catch (error) {
    throw toContractError(error)
  } finally {
    await source.return?.()
  }
}

/** The contract's implementer, whose every procedure turns failures into the contract's error. */
export const implementer = implement(contract).use(async ({ next, procedure, path }) => {
  try {
    const result = await next()
    if (!isAsyncIterator(result.output)) return result
    return { ...result, output: withContractErrors(result.output) }
  } catch (error) {
    throw toContractError(withWords(error, procedure['~orpc'].inputSchema, path))
  }
})
