import type { Output } from '../../../../shared/notebook/cell-state.ts'
import { formatCount } from '../../../ui/format.ts'

export function TextOutput({ output }: { readonly output: Extract<Output, { type: 'text' }> }) {
  return (
    <div>
      <pre className="sw-text-output" data-stream={output.stream}>
        {output.text}
      </pre>
      {output.omitted > 0 && (
        <p className="sw-muted">{formatCount(output.omitted)} more characters were left out.</p>
      )}
    </div>
  )
}
