import {
  type AnyNode,
  type Expression,
  type ModuleDeclaration,
  type Program,
  parse,
  type Statement,
} from 'acorn'
import { transform } from 'esbuild'
import { Failure } from '../../../shared/failure.ts'
import { type CellSymbol, modelSymbol, relationSymbol } from '../../../shared/notebook/graph.ts'
import { children, freeIdentifiers, patternNames } from './free-identifiers.ts'

export interface TypescriptAnalysis {
  /** The body of an async function: imports made dynamic, exports plain, the last expression put into `$result`. */
  readonly code: string
  /** JSON source map from the transpiled text, whose lines `code` keeps, to the cell. */
  readonly map: string
  readonly exports: readonly string[]
  /** Free identifiers: globals, the names in scope of every cell, other cells' exports. */
  readonly free: ReadonlySet<string>
  /** SQL texts of sql`…` templates, each value replaced by `?`. */
  readonly sqlTexts: readonly string[]
  /** Names given to `table('…')`, `….predict('…')` and `catalog.fitFeatures('…')` as literals. */
  readonly tables: readonly CellSymbol[]
  /** Versions given to `catalog.load('…')` as literals. */
  readonly models: readonly CellSymbol[]
  /** Names given to `catalog.register('…', …)` as literals. */
  readonly registers: readonly string[]
}

/** A replacement of `[start, end)` in the transpiled text. */
interface Splice {
  start: number
  end: number
  text: string
}

function apply(code: string, splices: readonly Splice[]): string {
  let result = code
  for (const { start, end, text } of [...splices].sort((a, b) => b.start - a.start)) {
    // Line breaks that go away are put back, so that the source map's lines still hold.
    const lines = code.slice(start, end).split('\n').length - text.split('\n').length
    result = result.slice(0, start) + text + '\n'.repeat(Math.max(0, lines)) + result.slice(end)
  }
  return result
}

function nameOf(node: { type: string; name?: string; value?: unknown }): string {
  return node.type === 'Identifier' && node.name !== undefined ? node.name : String(node.value)
}

function refuse(message: string, whatToDo: string): never {
  throw new Failure('invalid-input', message, whatToDo)
}

type Import = Extract<ModuleDeclaration, { type: 'ImportDeclaration' }>

/** Packages of our own that a cell imports wherever its workspace lies. */
const ours = new Set(['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'])

function importSplice(node: Import): Splice {
  const source = String(node.source.value)
  const from = `await ${ours.has(source) ? '$import' : 'import'}(${JSON.stringify(source)})`
  const names: string[] = []
  let whole = ''
  for (const specifier of node.specifiers) {
    if (specifier.type === 'ImportNamespaceSpecifier') whole = specifier.local.name
    else if (specifier.type === 'ImportDefaultSpecifier') names.push(`default: ${specifier.local.name}`)
    else names.push(`${JSON.stringify(nameOf(specifier.imported))}: ${specifier.local.name}`)
  }
  const parts = [
    ...(whole === '' ? [] : [`const ${whole} = ${from};`]),
    ...(names.length === 0 ? [] : [`const { ${names.join(', ')} } = ${from};`]),
  ]
  return { start: node.start, end: node.end, text: parts.length === 0 ? `${from};` : parts.join(' ') }
}

/** `export` removed; answers [exported name, local name] pairs. */
function exportsOf(node: Statement | ModuleDeclaration, splices: Splice[]): [string, string][] {
  if (node.type === 'ExportDefaultDeclaration') {
    refuse(
      'The cell has a default export, which has no name for other cells.',
      'Write `export const name = …` instead.',
    )
  }
  if (node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node.source)) {
    refuse('The cell exports straight from another module.', 'Import the names first, then export them.')
  }
  if (node.type !== 'ExportNamedDeclaration') return []
  const { declaration } = node
  if (!declaration) {
    splices.push({ start: node.start, end: node.end, text: '' })
    return node.specifiers.map((specifier) => [nameOf(specifier.exported), nameOf(specifier.local)])
  }
  splices.push({ start: node.start, end: declaration.start, text: '' })
  const names =
    declaration.type === 'VariableDeclaration'
      ? declaration.declarations.flatMap((declarator) => patternNames(declarator.id))
      : [declaration.id.name]
  return names.map((name) => [name, name])
}

function visitAll(node: AnyNode, each: (node: AnyNode) => void): void {
  each(node)
  for (const child of children(node)) visitAll(child, each)
}

/** The name of the member that is called: `load` in `catalog.load(…)`. */
function calledMember(callee: AnyNode): { of: string; member: string } | null {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return null
  const of = callee.object.type === 'Identifier' ? callee.object.name : ''
  return { of, member: callee.property.name }
}

type References = Pick<TypescriptAnalysis, 'sqlTexts' | 'tables' | 'models' | 'registers'>

function references(program: Program): References {
  const sqlTexts: string[] = []
  const tables: CellSymbol[] = []
  const models: CellSymbol[] = []
  const registers: string[] = []
  const called = (callee: Expression | { type: string }, name: string) =>
    callee.type === 'Identifier' && 'name' in callee && callee.name === name
  visitAll(program, (node) => {
    if (node.type === 'TaggedTemplateExpression' && called(node.tag, 'sql')) {
      sqlTexts.push(node.quasi.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw).join('?'))
    }
    if (node.type !== 'CallExpression') return
    const [argument] = node.arguments
    if (argument?.type !== 'Literal' || typeof argument.value !== 'string') return
    const member = calledMember(node.callee)
    if (called(node.callee, 'table') || member?.member === 'predict' || member?.member === 'fitFeatures') {
      tables.push(relationSymbol(argument.value))
    }
    if (member?.of !== 'catalog') return
    if (member.member === 'load') models.push(modelSymbol(argument.value))
    if (member.member === 'register') registers.push(argument.value)
  })
  return { sqlTexts, tables, models, registers }
}

/** How Python code gives itself away; a notebook from elsewhere may hold some. */
const pythonLine = /^(import \w+( as \w+)?|from [\w.]+ import .+|def \w+\(.*\):|print\(.*\)|%\w+.*)$/m

function esbuildFailure(error: unknown, source: string): Failure {
  const errors =
    typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
      ? error.errors
      : []
  const first: unknown = errors[0]
  const text =
    typeof first === 'object' && first !== null && 'text' in first
      ? String(first.text)
      : error instanceof Error
        ? error.message
        : String(error)
  const location = typeof first === 'object' && first !== null && 'location' in first ? first.location : null
  const line =
    typeof location === 'object' && location !== null && 'line' in location
      ? ` (line ${String(location.line)})`
      : ''
  return new Failure(
    'invalid-input',
    `The TypeScript does not parse: ${text}${line}.`,
    pythonLine.test(source) && !/^(export|const|let|var|function)\b/m.test(source)
      ? 'This looks like Python, which Slipway does not run: write it in SQL or TypeScript, or run it in Jupyter.'
      : 'Correct the syntax and run the cell again.',
  )
}

/**
 * Takes a TypeScript cell apart.
 *
 * @throws Failure `invalid-input` for syntax errors and for kinds of export that cells cannot have
 */
export async function analyseTypescript(source: string): Promise<TypescriptAnalysis> {
  const { code, map } = await transform(source, {
    loader: 'ts',
    format: 'esm',
    target: 'esnext',
    sourcemap: 'external',
    sourcefile: 'cell.ts',
    treeShaking: false,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  }).catch((error: unknown) => {
    throw esbuildFailure(error, source)
  })
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowAwaitOutsideFunction: true,
  })
  const splices: Splice[] = []
  const exported: [string, string][] = []
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') splices.push(importSplice(node))
    else exported.push(...exportsOf(node, splices))
  }
  // esbuild gathers the exports in one statement at the end.
  const last = program.body.findLast((node) => node.type !== 'ExportNamedDeclaration' || node.declaration)
  if (last?.type === 'ExpressionStatement') {
    // Up to the end of the statement: the expression itself ends before brackets around it, as in `({ mean })`.
    const end = code[last.end - 1] === ';' ? last.end - 1 : last.end
    splices.push({ start: last.start, end: last.start, text: '$result = (' })
    splices.push({ start: end, end: last.end, text: ');' })
  }
  const pairs = exported.map(([name, local]) => `${JSON.stringify(name)}: ${local}`)
  return {
    code: `${apply(code, splices)}\nreturn { exports: { ${pairs.join(', ')} }, result: $result }`,
    map,
    exports: exported.map(([name]) => name),
    free: freeIdentifiers(program),
    ...references(program),
  }
}
