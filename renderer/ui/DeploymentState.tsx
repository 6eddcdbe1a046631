import type { Deployment } from '../../shared/contract/deployments.ts'
import { Chip, type ChipTone } from './Chip.tsx'
import { type DotState, StatusDot } from './StatusDot.tsx'

type State = Deployment['state']

const words: Record<State, { readonly text: string; readonly tone: ChipTone; readonly dot: DotState }> = {
  CREATING: { text: 'Creating', tone: 'accent', dot: 'running' },
  UPDATING: { text: 'Updating', tone: 'accent', dot: 'running' },
  RESTARTING: { text: 'Restarting', tone: 'stale', dot: 'stale' },
  ACTIVE: { text: 'Active', tone: 'done', dot: 'done' },
  INACTIVE: { text: 'Inactive', tone: 'neutral', dot: 'idle' },
  FAILED: { text: 'Failed', tone: 'failed', dot: 'failed' },
}

/** A deployment's state as a word; the reason of a failure on hover. */
export function DeploymentStateChip(props: { readonly state: State; readonly problem?: string }) {
  const { text, tone, dot } = words[props.state]
  return (
    <Chip tone={tone} icon={<StatusDot state={dot} />} {...(props.problem ? { title: props.problem } : {})}>
      {text}
    </Chip>
  )
}

/** The same as a dot, for lists. */
export function DeploymentStateDot(props: { readonly state: State }) {
  return <StatusDot state={words[props.state].dot} label={words[props.state].text} />
}
