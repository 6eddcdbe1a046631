import { TriangleAlert } from 'lucide-react'
import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import './training-tables.css'

/** Suspicions that a model's metrics promise too much, each with its way out. */
export function LeakageWarnings({ warnings }: { readonly warnings: readonly LeakageWarning[] }) {
  if (warnings.length === 0) return null
  return (
    <ul className="sw-leaks" aria-label="Warnings">
      {warnings.map((warning) => (
        <li key={`${warning.kind}:${warning.column ?? ''}`}>
          <TriangleAlert size={14} aria-hidden />
          <span>
            {warning.message} <span className="sw-muted">{warning.whatToDo}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
