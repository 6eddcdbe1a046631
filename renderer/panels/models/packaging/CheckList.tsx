import { Loader } from '@mantine/core'
import { CircleCheck, CircleMinus, CircleX } from 'lucide-react'
import type { CheckProgress } from './package-progress.ts'

const words: Record<CheckProgress['status'], string> = {
  running: 'running',
  passed: 'passed',
  failed: 'failed',
  'not-tested': 'not tested',
}

/** Verification as it happens: each check with its figure. */
export function CheckList(props: { readonly checks: readonly CheckProgress[] }) {
  return (
    <ul className="sw-models-checks" aria-label="Checks">
      {props.checks.map((check) => (
        <li key={check.name} data-status={check.status}>
          <span className="sw-models-check-icon">
            <CheckIcon status={check.status} />
          </span>
          <span className="sw-models-check-name">{check.name}</span>
          <span className="sw-models-check-detail">{check.detail}</span>
        </li>
      ))}
    </ul>
  )
}

function CheckIcon(props: { readonly status: CheckProgress['status'] }) {
  const label = words[props.status]
  switch (props.status) {
    case 'running':
      return <Loader size={14} aria-label={label} />
    case 'passed':
      return <CircleCheck size={16} role="img" aria-label={label} />
    case 'failed':
      return <CircleX size={16} role="img" aria-label={label} />
    case 'not-tested':
      return <CircleMinus size={16} role="img" aria-label={label} />
  }
}
