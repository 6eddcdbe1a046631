import { useEffect, useRef, useState } from 'react'
import { type LogLine, readLogLine } from '../../../shared/bundle/log-line.ts'
import { engine, failureOf, follow } from '../../client.ts'

/** A line with a number of its own, under which it is drawn. */
export interface NumberedLine extends LogLine {
  readonly key: number
}

export interface FollowedLog {
  /** Null until the first answer. */
  readonly lines: readonly NumberedLine[] | null
  /** Lines that came while paused. */
  readonly waiting: number
  readonly problem: string
}

/** Lines at the beginning, and kept at most. */
const firstLines = 1000
const keptLines = 5000

/** Follows a deployment's log; while paused, what comes is kept but not shown. */
export function useLog(name: string, paused: boolean): FollowedLog {
  const [lines, setLines] = useState<readonly NumberedLine[] | null>(null)
  const [held, setHeld] = useState<readonly NumberedLine[] | null>(null)
  const [problem, setProblem] = useState('')
  const next = useRef(0)

  useEffect(() => {
    const ending = new AbortController()
    void follow(
      (signal) => engine.deployments.followLogs({ name, lines: firstLines }, { signal }),
      ({ start, lines: come }) => {
        setProblem('')
        const read = come.map((line) => ({ ...readLogLine(line), key: next.current++ }))
        setLines((before) => (start ? read : [...(before ?? []), ...read]).slice(-keptLines))
      },
      ending.signal,
      (error) => setProblem(failureOf(error).message),
    )
    return () => ending.abort()
  }, [name])

  // Pausing keeps what is in sight at that moment.
  useEffect(() => {
    if (!paused) setHeld(null)
    else setHeld((before) => before ?? lines)
  }, [paused, lines])

  const shown = held ?? lines
  const last = held?.at(-1)?.key ?? -1
  const waiting = held === null ? 0 : (lines ?? []).filter((line) => line.key > last).length
  return { lines: shown, waiting, problem }
}
