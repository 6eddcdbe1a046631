import { expect, test } from 'vitest'
import type { Signature, SignatureColumn } from '../../shared/signature/signature.ts'
import { openDatabase } from '../data/database.ts'
import { modelColumnsSql } from './model-columns.ts'

test('a time with a zone is the moment in UTC, wherever the machine is', async () => {
  const input = (name: string, type: 'timestamp' | 'categorical'): SignatureColumn => ({
    name,
    type,
    sourceType: 'TIMESTAMP',
    required: true,
    missing: false,
  })
  const signature: Signature = {
    version: 1,
    task: 'regression',
    // The second as SQL takes it that travels with a model.
    inputs: [input('read', 'timestamp'), input('carried', 'categorical')],
    target: { name: 'y', sourceType: 'DOUBLE' },
  }
  const type = 'TIMESTAMP WITH TIME ZONE'
  const described = signature.inputs.map(({ name }) => ({ name, type }))
  const columns = modelColumnsSql(signature, 'm version 1', described, 'the query')
  const database = await openDatabase(':memory:', '.')
  const session = await database.session()
  await session.run(`set TimeZone = 'America/New_York'`)
  const at = `'2024-01-01 12:30:00+00'::timestamptz`
  const [row] = await session.rows(
    `select ${columns.map(({ name, sql }) => `${sql} as ${name}`).join(', ')} from (select ${at} as read, ${at} as carried)`,
  )
  expect(row).toEqual({ read: Date.UTC(2024, 0, 1, 12, 30), carried: '2024-01-01 12:30:00' })
  session.close()
  database.close()
})
