import { TextInput } from '@mantine/core'
import { useState } from 'react'

/** A file's name while it is being changed; Enter takes it, Escape leaves it as it was. */
export function RenameField(props: {
  readonly name: string
  readonly depth: number
  readonly onDone: (name: string) => void
}) {
  const [name, setName] = useState(props.name)
  return (
    <TextInput
      aria-label={`New name of ${props.name}`}
      style={{ padding: `1px 10px 1px ${10 + props.depth * 14}px` }}
      value={name}
      autoFocus
      onFocus={(event) => event.currentTarget.setSelectionRange(0, props.name.lastIndexOf('.'))}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => props.onDone(name.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') props.onDone(name.trim())
        if (event.key === 'Escape') props.onDone(props.name)
      }}
    />
  )
}
