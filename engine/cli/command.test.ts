import { expect, test } from 'vitest'
import { type Command, parseCommandLine, parseParameters, UsageError } from './command.ts'

const command: Command = {
  name: 'deploy',
  usage: 'deploy <bundle> --name <name> [--port N]',
  does: '',
  options: { name: { type: 'string' }, port: { type: 'string' }, json: { type: 'boolean' } },
  positionals: [1, 1],
  run: async () => 0,
}

test('options, flags and arguments are read', () => {
  const args = parseCommandLine(command, ['./bundle', '--name', 'churn', '--port', '8101', '--json'])
  expect(args.positionals).toEqual(['./bundle'])
  expect(args.text('name')).toBe('churn')
  expect(args.integer('port', 1, 65535)).toBe(8101)
  expect(args.flag('json')).toBe(true)
})

test('wrong usage is told apart from failure', () => {
  expect(() => parseCommandLine(command, [])).toThrow(UsageError)
  expect(() => parseCommandLine(command, ['a', 'b'])).toThrow('deploy takes 1 argument, found 2.')
  expect(() => parseCommandLine(command, ['a', '--nmae', 'x'])).toThrow(UsageError)
  expect(() => parseCommandLine(command, ['a', '--port', 'eighty']).integer('port', 1, 65535)).toThrow(
    '--port takes a whole number from 1 to 65535, found "eighty".',
  )
  expect(() => parseCommandLine(command, ['a', '--port', '70000']).integer('port', 1, 65535)).toThrow(
    UsageError,
  )
})

test('parameters are name=value, and the value may hold an equals sign', () => {
  expect(parseParameters('-p', ['since=2024-01-01', 'where=a=b'])).toEqual({
    since: '2024-01-01',
    where: 'a=b',
  })
  expect(() => parseParameters('--set', ['since'])).toThrow('--set takes name=value, found "since".')
})
