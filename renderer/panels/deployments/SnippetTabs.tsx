import { SegmentedControl, Switch } from '@mantine/core'
import { useState } from 'react'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { type RequestRow, type SnippetLanguage, snippet, snippetLanguages } from './snippets.ts'

/** The request of the form as code to paste. */
export function SnippetTabs(props: {
  readonly endpoint: string
  readonly row: RequestRow
  /** Whether the endpoint asks for a token; others behind a proxy may all the same. */
  readonly token: boolean
}) {
  const [language, setLanguage] = useState<SnippetLanguage>('curl')
  const [chosen, setToken] = useState<boolean | null>(null)
  const token = chosen ?? props.token
  const text = snippet(language, { endpoint: props.endpoint, rows: [props.row], token })
  return (
    <Panel
      title="The same from elsewhere"
      actions={
        <Switch
          label="With a token"
          title="For endpoints that ask for one: the snippet sends that of the environment variable SLIPWAY_TOKEN."
          checked={token}
          onChange={(event) => setToken(event.currentTarget.checked)}
        />
      }
    >
      <SegmentedControl<SnippetLanguage>
        aria-label="Language"
        className="sw-deploy-languages"
        fullWidth
        value={language}
        onChange={setLanguage}
        data={(Object.keys(snippetLanguages) as SnippetLanguage[]).map((value) => ({
          value,
          label: snippetLanguages[value],
        }))}
      />
      <div className="sw-deploy-codebox">
        <CopyButton text={text} label={`Copy the ${snippetLanguages[language]} snippet`} />
        <pre data-testid="snippet">{text}</pre>
      </div>
    </Panel>
  )
}
