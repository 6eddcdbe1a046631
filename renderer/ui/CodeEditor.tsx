import type { editor, IKeyboardEvent } from 'monaco-editor/editor'
import { useEffect, useRef, useState } from 'react'
import { fonts } from '../theme.ts'
import { differingRange } from './differing-range.ts'
import { useScheme } from './use-scheme.ts'

export type CodeLanguage = 'sql' | 'typescript' | 'json' | 'markdown'

type Monaco = typeof import('./monaco.ts')['monaco']

let loading: Promise<Monaco> | undefined

/** Monaco is large: it comes with the first editor in sight. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import('./monaco.ts').then((module) => module.monaco)
  return loading
}

let widgets: HTMLElement | undefined

/** Lists and hovers stand beside the page: inside a cell they would be cut off at its edge. */
function widgetPlace(): HTMLElement {
  if (!widgets) {
    widgets = document.createElement('div')
    widgets.className = 'monaco-editor sw-editor-widgets'
    document.body.append(widgets)
  }
  return widgets
}

const lineHeight = 20
const padding = 6

/** The height of an editor in pixels before it is there, so that nothing jumps when it comes. */
export function codeHeight(text: string): number {
  return (text.split('\n').length || 1) * lineHeight + 2 * padding
}

/** A Monaco editor as tall as its text. `value` may change from outside; the cursor stays where it was. */
export function CodeEditor(props: {
  readonly value: string
  readonly language: CodeLanguage
  readonly label: string
  readonly onChange: (value: string) => void
  readonly focused: boolean
  readonly onFocus?: () => void
  /** Keys before Monaco sees them; true when taken. */
  readonly onKey?: (event: IKeyboardEvent, editor: editor.IStandaloneCodeEditor) => boolean
}) {
  const host = useRef<HTMLDivElement>(null)
  const [instance, setInstance] = useState<editor.IStandaloneCodeEditor | undefined>()
  const latest = useRef(props)
  latest.current = props
  const applying = useRef(false)
  const scheme = useScheme()
  const { value, language, focused } = props

  useEffect(() => {
    let stopped = false
    let created: editor.IStandaloneCodeEditor | undefined
    loadMonaco().then((monaco) => {
      const element = host.current
      if (stopped || !element) return
      const model = monaco.editor.createModel(latest.current.value, latest.current.language)
      created = monaco.editor.create(element, {
        model,
        ariaLabel: latest.current.label,
        automaticLayout: true,
        fontFamily: fonts.code,
        fontSize: 13,
        lineHeight,
        padding: { top: padding, bottom: padding },
        minimap: { enabled: false },
        lineNumbers: 'off',
        glyphMargin: false,
        folding: false,
        lineDecorationsWidth: 8,
        lineNumbersMinChars: 0,
        overviewRulerLanes: 0,
        hideCursorInOverviewRuler: true,
        renderLineHighlight: 'none',
        scrollBeyondLastLine: false,
        scrollbar: { vertical: 'hidden', alwaysConsumeMouseWheel: false, horizontalScrollbarSize: 8 },
        wordWrap: latest.current.language === 'markdown' ? 'on' : 'off',
        occurrencesHighlight: 'off',
        selectionHighlight: false,
        fixedOverflowWidgets: true,
        overflowWidgetsDomNode: widgetPlace(),
        tabSize: 2,
        contextmenu: false,
        stickyScroll: { enabled: false },
      })
      const resize = () => {
        const height = created?.getContentHeight() ?? 0
        element.style.height = `${height}px`
        created?.layout({ width: element.clientWidth, height })
      }
      created.onDidContentSizeChange(resize)
      created.onDidChangeModelContent(() => {
        if (!applying.current) latest.current.onChange(model.getValue())
      })
      created.onDidFocusEditorText(() => latest.current.onFocus?.())
      created.onKeyDown((event) => {
        if (created && latest.current.onKey?.(event, created)) {
          event.preventDefault()
          event.stopPropagation()
        }
      })
      resize()
      setInstance(created)
    })
    return () => {
      stopped = true
      created?.getModel()?.dispose()
      created?.dispose()
    }
  }, [])

  useEffect(() => {
    loadMonaco().then((monaco) => monaco.editor.setTheme(`slipway-${scheme}`))
  }, [scheme])

  useEffect(() => {
    const model = instance?.getModel()
    if (!model) return
    const before = model.getValue()
    if (before === value) return
    const change = differingRange(before, value)
    const start = model.getPositionAt(change.start)
    const end = model.getPositionAt(change.end)
    applying.current = true
    model.applyEdits([
      {
        range: {
          startLineNumber: start.lineNumber,
          startColumn: start.column,
          endLineNumber: end.lineNumber,
          endColumn: end.column,
        },
        text: change.text,
      },
    ])
    applying.current = false
  }, [instance, value])

  useEffect(() => {
    const model = instance?.getModel()
    if (model) loadMonaco().then((monaco) => monaco.editor.setModelLanguage(model, language))
  }, [instance, language])

  useEffect(() => {
    if (focused && instance && !instance.hasTextFocus()) instance.focus()
  }, [focused, instance])

  return (
    <div ref={host} className="sw-editor" style={{ minHeight: lineHeight + 2 * padding }}>
      {!instance && <pre className="sw-editor-waiting">{value}</pre>}
    </div>
  )
}
