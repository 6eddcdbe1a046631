import { Button, Group, Modal } from '@mantine/core'
import { useState } from 'react'
import { engine } from '../../client.ts'
import { noticeDone, noticeFailure } from '../../shell/notice.ts'

/** Removes a table after asking once, by its name. */
export function DropRelation({ name }: { readonly name: string }) {
  const [asking, setAsking] = useState(false)
  const drop = async () => {
    setAsking(false)
    try {
      await engine.data.drop({ relation: name })
      noticeDone(`The table ${name} was removed from the database.`)
    } catch (error) {
      noticeFailure(`Removing ${name}`, error)
    }
  }
  return (
    <>
      <Button variant="subtle" color="gray" onClick={() => setAsking(true)}>
        Remove…
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Remove the table ${name}?`}>
        <p>
          Its rows leave the workspace database. The file it was imported from stays, so you can import it
          again.
        </p>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            Keep it
          </Button>
          <Button color="red" onClick={drop}>
            Remove {name}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
