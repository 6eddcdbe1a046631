/** Both templates, as Docker's parser takes them apart; nothing here builds an image. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../../resources/bundle')
const values: Readonly<Record<string, string>> = { host: 'churn', version: '3', node: '24.1.0' }
const template = async (file: string) =>
  (await readFile(join(folder, file), 'utf8')).replace(
    /\{\{(\w+)\}\}/g,
    (place, name: string) => values[name] ?? place,
  )

const problemsOf = (text: string) =>
  validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)
/** Keywords with their arguments, in order. */
const instructionsOf = (text: string) =>
  DockerfileParser.parse(text)
    .getInstructions()
    .map((one) => [one.getKeyword(), one.getArgumentsContent() ?? ''] as const)

describe.each([
  ['Dockerfile', 'node:24.1.0-slim', 'node'],
  ['Dockerfile.self-contained', 'debian:12-slim', 'runtime/node'],
])('%s', (file, image, node) => {
  it('has nothing that a linter objects to', async () => {
    expect(problemsOf(await template(file))).toEqual([])
  })

  it('runs as a user that is not root, on a slim image, and installs nothing', async () => {
    const text = await template(file)
    const instructions = instructionsOf(text)
    const all = (keyword: string) => instructions.filter(([one]) => one === keyword).map(([, rest]) => rest)
    const [from, ...stages] = DockerfileParser.parse(text).getFROMs()
    expect([from?.getExpandedArguments().join(' '), stages]).toEqual([image, []])
    expect(all('USER')).toEqual(['1000:1000'])
    const after = instructions.slice(instructions.findIndex(([one]) => one === 'USER'))
    expect(after.map(([one]) => one)).not.toContain('RUN')
    expect(all('RUN').join('\n')).not.toMatch(/curl|wget|apt|npm/)
    expect(all('EXPOSE')).toEqual(['8080'])
    expect(all('CMD').map((words) => JSON.parse(words))).toEqual([[node, 'server.mjs', 'serve']])
  })

  it('has a health check that asks whether the server is ready, with the Node that serves', async () => {
    const [check, ...others] = DockerfileParser.parse(await template(file)).getHEALTHCHECKs()
    expect(others).toEqual([])
    expect(check?.getFlags().map((flag) => flag.getName())).toEqual(['interval', 'timeout', 'start-period'])
    const words = check?.getArgumentsContent()?.replace(/^(--\S+ )*CMD /, '') ?? ''
    expect(JSON.parse(words)).toEqual([node, '-e', expect.stringContaining('/health/ready')])
  })
})

describe('the linter', () => {
  it.each([
    ['HEALTHCHECK', 'HEALTHCHEK'],
    ['--interval=10s', '--every=10s'],
    ['--interval=10s', '--interval=10'],
    ['EXPOSE 8080', 'EXPOSE http'],
    ['-slim\n', '-slim AS\n'],
    ['WORKDIR /bundle', 'WORKDIR bundle'],
    ['--chown=1000:1000', '--owner=1000:1000'],
  ])('objects when %j is %j', async (right, wrong) => {
    const text = await template('Dockerfile')
    expect(text).toContain(right)
    expect(problemsOf(text.replace(right, wrong))).toHaveLength(1)
  })
})
