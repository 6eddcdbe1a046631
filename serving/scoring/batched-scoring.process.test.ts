import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { loadModel } from '../bundle/load-model.ts'
import { createTally } from '../monitoring/tally.ts'
import { defaultSettings } from '../settings.ts'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'
import { batchedScoring } from './batched-scoring.ts'
import { startScorer } from './start-scorer.ts'

const { bundles, keyed, start } = serversUnderTest()
const batching = { ...defaultSettings.batching, fromMicroseconds: 0, rows: 16, waitMs: 5 }

describe('scoring in batches on a thread', () => {
  it.each(['binary', 'multiclass', 'regression'] as const)(
    'gives each of many requests at once its own numbers of a %s model, to the last bit',
    async (task) => {
      const url = await start(task, { batching })
      const { rows, predictions } = bundles[task].sample
      const whole = await post(`${url}/predict`, rows)
      expect(whole.body.prediction).toEqual(predictions)
      expect(whole.body.probabilities).toEqual(keyed(task))
      const answers = await Promise.all(rows.map((row) => post(`${url}/predict`, [row])))
      expect(answers.map(({ body }) => body.prediction[0])).toEqual(predictions)
      const probabilities = answers.map(({ body }) => body.probabilities?.[0])
      if (task !== 'regression') expect(probabilities).toEqual(keyed(task))
      const text = await (await fetch(`${url}/metrics`)).text()
      expect(text).toContain('slipway_queued_rows 0')
    },
  )

  it('refuses rows as the signature says, and more rows than may wait with 503 and Retry-After', async () => {
    const url = await start('binary', { batching: { ...batching, waitMs: 300, rows: 1000, queuedRows: 50 } })
    const { rows, predictions } = bundles.binary.sample
    const unfit = await post(`${url}/predict`, [{ ...rows[0], tenure: 'abc' }])
    expect([unfit.status, unfit.body.error.code]).toEqual([400, 'invalid_rows'])
    const first = post(`${url}/predict`, rows)
    await expect
      .poll(async () => (await (await fetch(`${url}/metrics`)).text()).includes('slipway_queued_rows 40'))
      .toBe(true)
    const second = await post(`${url}/predict`, rows)
    expect([second.status, second.body.error.code]).toEqual([503, 'overloaded'])
    expect(second.headers.get('retry-after')).toBe('1')
    expect((await first).body.prediction).toEqual(predictions)
    const beyond = await post(`${url}/v2/models/churn/infer`, { inputs: [] })
    expect(beyond.status).toBe(400)
  })

  /** @param threads what is started, one after another; the last one again and again */
  async function scoringOn(...threads: (() => Promise<Worker>)[]) {
    const model = await loadModel(bundles.binary.folder)
    const tally = createTally(60)
    const ends: string[] = []
    const scoring = await batchedScoring(model, batching, {
      tally,
      onThreadEnd: (error) => ends.push(error.message),
      startThread: () => (threads.length > 1 ? threads.shift() : threads[0])?.() ?? startScorer(model.folder),
    })
    if (scoring.kind !== 'deferred') throw new Error('A thread answers later.')
    const { rows, predictions } = bundles.binary.sample
    const ask = async () => {
      const scored = await scoring.score({ kind: 'records', rows: rows.length, records: rows })
      return model.predictor.predictions(scored.predictions)
    }
    const end = () => {
      scoring.close()
      tally.close()
    }
    return { ask, ends, tally, predictions, end }
  }
  const deadly = async () =>
    new Worker(
      `const { parentPort } = require('node:worker_threads')
       parentPort.on('message', () => process.exit(1))
       parentPort.postMessage('ready')`,
      { eval: true },
    )

  it('starts a thread that ends again, and answers what was with it', async () => {
    const { ask, ends, tally, predictions, end } = await scoringOn(deadly, () =>
      startScorer(bundles.binary.folder),
    )
    const answers = await Promise.all([ask(), ask(), ask()])
    expect(answers).toEqual([predictions, predictions, predictions])
    expect(ends).toEqual(['The scoring thread ended.'])
    expect(await ask()).toEqual(predictions)
    expect(tally.now.queuedRows).toBe(0)
    end()
  })

  it('refuses a batch that ends two threads, and answers the next one', async () => {
    const { ask, ends, tally, predictions, end } = await scoringOn(deadly, deadly, () =>
      startScorer(bundles.binary.folder),
    )
    await expect(ask()).rejects.toThrow('The scoring thread ended.')
    expect(await ask()).toEqual(predictions)
    expect(ends).toHaveLength(2)
    expect(tally.now.queuedRows).toBe(0)
    end()
  })
})
