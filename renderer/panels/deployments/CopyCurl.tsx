import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { Check, Terminal } from 'lucide-react'
import { curlSnippet, type RequestRow } from './snippets.ts'

/** A whole command that asks the deployment for a recorded row's prediction. */
export function CopyCurl(props: {
  readonly endpoint: string
  readonly row: RequestRow
  /** Whether the endpoint asks for a token. */
  readonly token: boolean
}) {
  const clipboard = useClipboard({ timeout: 1500 })
  const text = curlSnippet({ endpoint: props.endpoint, rows: [props.row], token: props.token })
  return (
    <Button
      leftSection={clipboard.copied ? <Check size={14} /> : <Terminal size={14} />}
      onClick={() => clipboard.copy(text)}
    >
      {clipboard.copied ? 'Copied' : 'Copy curl'}
    </Button>
  )
}
