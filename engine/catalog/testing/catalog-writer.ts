/**
 * A workbench that registers versions, moves an alias and edits tags in a shared catalog until it is killed.
 * Each line on standard output is one acknowledged change, as the test reads it.
 */
import { createCatalog } from '../create-catalog.ts'
import { trainedModel } from './trained-model.ts'

const [folder = '', author = ''] = process.argv.slice(2)
const catalog = createCatalog({ folder, author })
const tell = (change: unknown) => process.stdout.write(`${JSON.stringify(change)}\n`)

for (let i = 0; i < 25; i += 1) {
  const content = new TextEncoder().encode(`${author} ${i} `.repeat(2000))
  const { version } = await catalog.register(
    trainedModel(
      'shared',
      i,
      new Map([
        ['model/weights.bin', content],
        ['card.md', content],
      ]),
    ),
  )
  tell({ type: 'registered', version, author, i })
  await catalog.setAlias('shared', 'champion', version, `${author} ${i}`)
  tell({ type: 'alias', why: `${author} ${i}` })
  await catalog.edit('shared', 1, { addTags: [`${author}-${i}`] })
  tell({ type: 'tag', tag: `${author}-${i}` })
}
process.exit(0)
