import { useQuery } from '@tanstack/react-query'
import { api } from '../../../client.ts'
import { GatesEditor } from './GatesEditor.tsx'

/** The gates in one line; folded unless they are to be changed, which is seldom. */
export function GatesSection(props: { readonly model: string }) {
  const { model } = props
  const gates = useQuery(api.bundles.gates.queryOptions({ input: { name: model } }))
  return (
    <details className="sw-models-gates-section">
      <summary>
        <span>Metric gates</span>{' '}
        <span className="sw-muted">
          {gates.data?.length === 0 && 'none'}
          {gates.data?.map((gate) => (
            <code key={gate}>{gate}</code>
          ))}
        </span>
      </summary>
      <p className="sw-muted">
        A version of {model} that misses one is not packaged. <code>champion</code> is its metric on the same
        rows.
      </p>
      <GatesEditor model={model} />
    </details>
  )
}
