import { useEffect, useState } from 'react'
import { formatRelative, formatTime } from './format.ts'

/** A moment as `4 min ago`, the exact time on hover; keeps up with the clock. */
export function Time(props: { readonly at: string | number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <time dateTime={new Date(props.at).toISOString()} title={formatTime(props.at)}>
      {formatRelative(props.at, Math.max(now, new Date(props.at).getTime()))}
    </time>
  )
}
