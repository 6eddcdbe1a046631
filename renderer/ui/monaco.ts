import 'monaco-editor/features/register.all'
import 'monaco-editor/languages/definitions/markdown/register'
import 'monaco-editor/languages/definitions/sql/register'
import 'monaco-editor/languages/definitions/typescript/register'
import * as monaco from 'monaco-editor/editor'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import JsonWorker from 'monaco-editor/languages/features/json/json.worker?worker'
import { jsonDefaults } from 'monaco-editor/languages/features/json/register'
import { typescriptDefaults } from 'monaco-editor/languages/features/typescript/register'
import TypescriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker'
import { monacoTheme } from './monaco-theme.ts'

/** Monaco with the four languages of cells, its workers from our own files. Loaded with the first editor. */

window.MonacoEnvironment = {
  getWorker: (_id: string, label: string) => {
    if (label === 'json') return new JsonWorker()
    if (label === 'typescript' || label === 'javascript') return new TypescriptWorker()
    return new EditorWorker()
  },
}

monaco.editor.defineTheme('slipway-light', monacoTheme('light'))
monaco.editor.defineTheme('slipway-dark', monacoTheme('dark'))

// What one cell exports another may use, which the language service, seeing single cells, cannot know:
// it checks syntax and completes, and leaves names to the engine.
typescriptDefaults.setDiagnosticsOptions({ noSemanticValidation: true, noSyntaxValidation: false })
typescriptDefaults.setCompilerOptions({
  target: 99,
  module: 99,
  allowNonTsExtensions: true,
  strict: true,
})
typescriptDefaults.addExtraLib(
  [
    '/** Runs SQL; interpolated values are passed as parameters. Answers rows as objects. */',
    'declare function sql(text: TemplateStringsArray, ...values: unknown[]): Promise<Record<string, any>[]>',
    '/** The columns of a relation as arrays. */',
    'declare function table(name: string): Promise<any>',
    '/** Shows a value under the cell. */',
    'declare function display(value: unknown): void',
    '/** Values given with `slipway run -p name=value`. */',
    'declare const params: Record<string, any>',
    'declare const tf: any',
    'declare const catalog: any',
  ].join('\n'),
  'file:///cell-globals.d.ts',
)
jsonDefaults.setDiagnosticsOptions({ validate: true, allowComments: false, schemaValidation: 'ignore' })

export { monaco }
