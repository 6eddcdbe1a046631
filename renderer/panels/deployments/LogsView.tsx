import { Button, Select, TextInput } from '@mantine/core'
import { Pause, Play, Search } from 'lucide-react'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { fitsLogFilter, type LogLevel, logLevels } from '../../../shared/bundle/log-line.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatCount, formatCounted, formatTime } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { type NumberedLine, useLog } from './use-log.ts'

const levelNames: Record<LogLevel, string> = {
  debug: 'Every level',
  info: 'Information and above',
  warn: 'Warnings and errors',
  error: 'Errors only',
}

const asText = ({ level, time, message, details }: NumberedLine): string =>
  [time === null ? '' : new Date(time).toISOString(), level, message, details].filter(Boolean).join('  ')

/** The log as it is written, filtered by level and words; scrolling up or Pause holds it still. */
export function LogsView(props: { readonly name: string }) {
  const [level, setLevel] = useState<LogLevel>('debug')
  const [text, setText] = useState('')
  const [paused, setPaused] = useState(false)
  const { lines, waiting, problem } = useLog(props.name, paused)
  const shown = useMemo(
    () => (lines ?? []).filter((line) => fitsLogFilter(line, { level, text })),
    [lines, level, text],
  )
  return (
    <Panel
      title="Log"
      actions={
        <div className="sw-deploy-row">
          <TextInput
            aria-label="Find in the log"
            placeholder="Find in the log"
            leftSection={<Search size={13} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Select
            aria-label="Level"
            allowDeselect={false}
            data={logLevels.map((value) => ({ value, label: levelNames[value] }))}
            value={level}
            onChange={(value) => {
              const chosen = logLevels.find((known) => known === value)
              if (chosen) setLevel(chosen)
            }}
          />
          <Button
            variant="default"
            leftSection={paused ? <Play size={13} /> : <Pause size={13} />}
            onClick={() => setPaused(!paused)}
          >
            {paused ? (waiting > 0 ? `Follow, ${formatCount(waiting)} new` : 'Follow') : 'Pause'}
          </Button>
          <CopyButton text={shown.map(asText).join('\n')} label="Copy the lines shown" />
        </div>
      }
    >
      {problem !== '' && (
        <ErrorNote content={{ message: problem, whatToDo: 'The log is asked for again by itself.' }} />
      )}
      {lines !== null && shown.length === 0 ? (
        <p className="sw-muted">
          {lines.length === 0
            ? 'Nothing has been logged yet.'
            : `None of ${formatCounted(lines.length, 'line')} fits the level and the words.`}
        </p>
      ) : (
        <Lines lines={shown} following={!paused} onLeaveEnd={() => setPaused(true)} />
      )}
    </Panel>
  )
}

/** Focus is what scrolls it with the keyboard. */
const tabStop = 0

function Lines(props: {
  readonly lines: readonly NumberedLine[]
  readonly following: boolean
  readonly onLeaveEnd: () => void
}) {
  const { lines, following, onLeaveEnd } = props
  const box = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    if (following && box.current && lines.length > 0) box.current.scrollTop = box.current.scrollHeight
  }, [lines, following])
  return (
    <section
      className="sw-deploy-log"
      ref={box}
      tabIndex={tabStop}
      aria-label={`Log, ${formatCounted(lines.length, 'line')}`}
      onWheel={(event) => {
        // Scrolling up to read must not be undone by the next line.
        if (event.deltaY < 0 && following) onLeaveEnd()
      }}
    >
      {lines.map((line) => (
        <div key={line.key} className="sw-deploy-line" data-level={line.level}>
          <time title={line.time === null ? '' : formatTime(line.time)}>
            {line.time === null ? '' : formatTime(line.time).slice(-8)}
          </time>
          <span className="sw-deploy-level">{line.level}</span>
          <span>
            {line.message} {line.details !== '' && <span className="sw-muted">{line.details}</span>}
          </span>
        </div>
      ))}
    </section>
  )
}
