import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { type RequestRow, type SnippetLanguage, snippet, snippetLanguages } from './snippets.ts'

/** The request of the form as code to paste. */
export function SnippetTabs(props: { readonly endpoint: string; readonly row: RequestRow }) {
  const [language, setLanguage] = useState<SnippetLanguage>('curl')
  const text = snippet(language, props.endpoint, [props.row])
  return (
    <Panel
      title="The same from elsewhere"
      actions={
        <SegmentedControl<SnippetLanguage>
          aria-label="Language"
          value={language}
          onChange={setLanguage}
          data={(Object.keys(snippetLanguages) as SnippetLanguage[]).map((value) => ({
            value,
            label: snippetLanguages[value],
          }))}
        />
      }
    >
      <div className="sw-deploy-codebox">
        <CopyButton text={text} label={`Copy the ${snippetLanguages[language]} snippet`} />
        <pre data-testid="snippet">{text}</pre>
      </div>
    </Panel>
  )
}
