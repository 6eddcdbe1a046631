import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { nameProblem } from '../../ui/name-problem.ts'

/** A file's name while it is being changed; Enter takes it, Escape leaves it as it was. */
export function RenameField(props: {
  readonly name: string
  readonly depth: number
  readonly onDone: (name: string) => void
}) {
  const [name, setName] = useState(props.name)
  const problem = nameProblem(name.trim())
  return (
    <TextInput
      aria-label={`New name of ${props.name}`}
      style={{ padding: `1px 10px 1px ${10 + props.depth * 14}px` }}
      value={name}
      error={problem}
      autoFocus
      onFocus={(event) => event.currentTarget.setSelectionRange(0, props.name.lastIndexOf('.'))}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => props.onDone(problem === undefined ? name.trim() : props.name)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && problem === undefined) props.onDone(name.trim())
        if (event.key === 'Escape') props.onDone(props.name)
      }}
    />
  )
}
