import { Chip, type ChipTone } from '../../ui/Chip.tsx'
import { type Verdict, verdictNames } from './rank-drift.ts'

const tones: Record<Verdict, ChipTone> = {
  stable: 'done',
  warning: 'stale',
  alarm: 'failed',
  'too-few': 'unknown',
}

/** A drift verdict in a word; too few rows are hatched grey, never green. */
export function VerdictChip(props: {
  readonly verdict: Verdict
  readonly children?: string
  readonly title?: string
}) {
  return (
    <Chip tone={tones[props.verdict]} {...(props.title ? { title: props.title } : {})}>
      {props.children ?? verdictNames[props.verdict]}
    </Chip>
  )
}
