import type { CellKind } from '../../../shared/notebook/notebook.ts'
import type { CodeLanguage } from '../../ui/CodeEditor.tsx'

interface KindFacts {
  readonly title: string
  readonly language: CodeLanguage
  /** What the name of such a cell is for. */
  readonly nameMeans: string
  /** What a new cell starts with. */
  readonly template: string
}

export const kindFacts: Readonly<Record<CellKind, KindFacts>> = {
  sql: { title: 'SQL', language: 'sql', nameMeans: 'name of the relation', template: '' },
  typescript: { title: 'TypeScript', language: 'typescript', nameMeans: 'title', template: '' },
  train: {
    title: 'Train',
    language: 'json',
    nameMeans: 'name of the model',
    template: '{\n  "from": "",\n  "target": ""\n}',
  },
  chart: {
    title: 'Chart',
    language: 'json',
    nameMeans: 'title',
    template: '{\n  "from": "",\n  "type": "bar",\n  "x": "",\n  "aggregate": "count"\n}',
  },
  check: { title: 'Check', language: 'sql', nameMeans: 'what is expected', template: '' },
  markdown: { title: 'Markdown', language: 'markdown', nameMeans: 'title', template: '' },
}
