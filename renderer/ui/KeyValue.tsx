import type { ReactNode } from 'react'

/** Facts as a two-column list. */
export function KeyValue(props: { readonly items: readonly (readonly [key: string, value: ReactNode])[] }) {
  return (
    <dl className="sw-kv">
      {props.items.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
