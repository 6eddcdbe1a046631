import { Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect, useRef, useState } from 'react'
import { api } from '../../client.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { formatCounted } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'

const shownLines = 500

/** The newest lines of the log; while following, new ones come by themselves and the view stays at the end. */
export function LogsView(props: { readonly name: string; readonly visible: boolean }) {
  const [following, setFollowing] = useState(true)
  const logs = useQuery({
    ...api.deployments.logs.queryOptions({ input: { name: props.name, lines: shownLines } }),
    refetchInterval: following && props.visible ? 2000 : false,
  })
  return (
    <Panel
      title="Log"
      actions={
        <div className="sw-deploy-row">
          <Switch
            label="Follow"
            checked={following}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
          <CopyButton text={(logs.data ?? []).join('\n')} label="Copy the log" />
        </div>
      }
    >
      <QueryView query={logs} loading="Reading the log">
        {(lines) =>
          lines.length === 0 ? (
            <p className="sw-muted">Nothing has been logged yet.</p>
          ) : (
            <Lines lines={lines} following={following} onLeaveEnd={() => setFollowing(false)} />
          )
        }
      </QueryView>
    </Panel>
  )
}

function Lines(props: {
  readonly lines: readonly string[]
  readonly following: boolean
  readonly onLeaveEnd: () => void
}) {
  const { lines, following, onLeaveEnd } = props
  const box = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    if (following && box.current && lines.length > 0) box.current.scrollTop = box.current.scrollHeight
  }, [lines, following])
  return (
    <textarea
      className="sw-deploy-log"
      ref={box}
      readOnly
      wrap="off"
      spellCheck={false}
      aria-label={`Log, ${formatCounted(lines.length, 'line')}`}
      value={lines.join('\n')}
      onWheel={(event) => {
        // Scrolling up to read must not be undone by the next line.
        if (event.deltaY < 0 && following) onLeaveEnd()
      }}
    />
  )
}
