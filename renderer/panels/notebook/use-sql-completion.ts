import { useEffect } from 'react'
import { api, queryClient } from '../../client.ts'
import { loadMonaco } from '../../ui/CodeEditor.tsx'
import { completeSql } from './sql-words.ts'

let registered = false

/** Completes SQL from the live schema; registered once, for all editors. */
export function useSqlCompletion(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || registered) return
    registered = true
    loadMonaco().then((monaco) => {
      const kinds = {
        relation: monaco.languages.CompletionItemKind.Struct,
        column: monaco.languages.CompletionItemKind.Field,
        keyword: monaco.languages.CompletionItemKind.Keyword,
      }
      // Names of the schema first, then keywords.
      const ranks = { column: 0, relation: 1, keyword: 2 }
      monaco.languages.registerCompletionItemProvider('sql', {
        triggerCharacters: ['.'],
        provideCompletionItems: async (model, position) => {
          const relations = await queryClient.fetchQuery(api.data.relations.queryOptions())
          const word = model.getWordUntilPosition(position)
          const before = model.getValue().slice(0, model.getOffsetAt(position))
          const range = {
            startLineNumber: position.lineNumber,
            endLineNumber: position.lineNumber,
            startColumn: word.startColumn,
            endColumn: word.endColumn,
          }
          return {
            suggestions: completeSql(before, model.getValue(), relations).map((item) => ({
              label: { label: item.label, description: item.detail },
              kind: kinds[item.kind],
              insertText: item.text,
              sortText: `${ranks[item.kind]}${item.label}`,
              range,
            })),
          }
        },
      })
    })
  }, [wanted])
}
