import { type Scheme, tokens } from '../theme.ts'

/** What `monaco.editor.defineTheme` takes. */
export function monacoTheme(scheme: Scheme) {
  const colour = tokens[scheme]
  const rule = (token: string, foreground: string) => ({ token, foreground: foreground.slice(1) })
  return {
    base: scheme === 'light' ? ('vs' as const) : ('vs-dark' as const),
    inherit: true,
    rules: [
      rule('', colour.text),
      rule('keyword', colour.code.keyword),
      rule('operator', colour.text),
      rule('operator.sql', colour.code.keyword),
      rule('predefined.sql', colour.code.type),
      rule('string', colour.code.string),
      rule('string.sql', colour.code.string),
      rule('number', colour.code.number),
      rule('comment', colour.code.comment),
      rule('type', colour.code.type),
      rule('string.key.json', colour.code.keyword),
      rule('string.value.json', colour.code.string),
    ],
    colors: {
      'editor.background': colour.surface,
      'editor.foreground': colour.text,
      'editorLineNumber.foreground': colour.textFaint,
      'editorCursor.foreground': colour.accent,
      'editor.selectionBackground': scheme === 'light' ? '#cbe4f4' : '#254a63',
      'editor.lineHighlightBackground': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
      'editorWidget.background': colour.raised,
      'editorWidget.border': colour.lineStrong,
      'editorSuggestWidget.background': colour.raised,
      'editorSuggestWidget.selectedBackground': colour.selected,
      'editorSuggestWidget.selectedForeground': colour.text,
      'editorSuggestWidget.selectedIconForeground': colour.text,
      // The letters that were typed; Monaco's own is for a selection of strong colour.
      'editorSuggestWidget.highlightForeground': colour.accent,
      'editorSuggestWidget.focusHighlightForeground': colour.accent,
      focusBorder: colour.accent,
    },
  }
}
