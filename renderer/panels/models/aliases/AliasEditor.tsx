import { Button, Popover, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { modelNamePattern } from '../../../../shared/notebook/train-spec.ts'
import { api } from '../../../client.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { AliasChip } from './AliasChip.tsx'
import { RemoveAlias } from './RemoveAlias.tsx'

/** A version's aliases, each removable, and a way to give it another. An alias belongs to one version at a time. */
export function AliasEditor(props: { readonly version: VersionRef; readonly aliases: readonly string[] }) {
  const { version, aliases } = props
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [why, setWhy] = useState('')
  const queries = useQueryClient()
  const change = useMutation(
    api.models.setAlias.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: api.models.key() })
        setText('')
        setWhy('')
        setOpen(false)
      },
    }),
  )
  const valid = modelNamePattern.test(text)
  const give = (alias: string) => change.mutate({ name: version.name, alias, version: version.version, why })
  const suggestions = ['champion', 'challenger'].filter((alias) => !aliases.includes(alias))
  return (
    <>
      {aliases.map((alias) => (
        <span key={alias} className="sw-models-alias">
          <AliasChip alias={alias} />
          <RemoveAlias model={version.name} alias={alias} />
        </span>
      ))}
      <Popover opened={open} onChange={setOpen} trapFocus withinPortal position="bottom-start" shadow="md">
        <Popover.Target>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<Plus size={12} />}
            onClick={() => setOpen(!open)}
          >
            Alias
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <form
            className="sw-models-alias-form"
            onSubmit={(event) => {
              event.preventDefault()
              if (valid) give(text)
            }}
          >
            <TextInput
              label="New alias"
              description="A movable name: giving it here takes it from any other version."
              data-autofocus
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              error={text === '' || valid ? null : 'A letter, then letters, digits, _ or -'}
            />
            <TextInput
              label="Why"
              description="Kept in the history, with you and the time."
              value={why}
              onChange={(event) => setWhy(event.currentTarget.value)}
            />
            <div className="sw-models-row">
              <Button type="submit" disabled={!valid} loading={change.isPending}>
                Set
              </Button>
              {suggestions.map((alias) => (
                <Button key={alias} variant="default" onClick={() => give(alias)}>
                  {alias}
                </Button>
              ))}
            </div>
            {change.isError && <ErrorNote error={change.error} />}
          </form>
        </Popover.Dropdown>
      </Popover>
    </>
  )
}
