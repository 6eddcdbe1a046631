import { Loader } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { ErrorNote } from './ErrorNote.tsx'

/**
 * What was asked for, or that it is on its way, or why it did not come.
 * What was read once stays while it is read again; a refresh that fails is said above it.
 */
export function QueryView<T>(props: {
  readonly query: UseQueryResult<T>
  /** What is being read, as in `Reading the catalog`. */
  readonly loading: string
  readonly children: (data: T) => ReactNode
}) {
  const { query } = props
  const retry = { label: 'Try again', onClick: () => void query.refetch() }
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <ErrorNote error={query.error} action={retry} />}
        {props.children(query.data)}
      </>
    )
  }
  if (query.isError) return <ErrorNote error={query.error} action={retry} />
  return <Loading text={props.loading} />
}

/** Nothing for the first moments, so that what answers at once does not blink. */
function Loading(props: { readonly text: string }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="sw-empty" role="status">
      {shown && (
        <>
          <Loader size="sm" />
          <p>{props.text} …</p>
        </>
      )}
    </div>
  )
}
