import { Menu } from '@mantine/core'
import { ArrowDown, ArrowUp, CircleSlash, Ellipsis, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type Cell, cellKinds } from '../../../shared/notebook/notebook.ts'
import { kindFacts } from './kinds.ts'
import { useSession } from './NotebookContext.ts'
import { deleteCell } from './notebook-keys.ts'

/** What can be done with a cell. The menu is made when it is first wanted: five hundred cells need five hundred. */
export function CellMenu(props: { readonly cell: Cell; readonly index: number; readonly count: number }) {
  const [wanted, setWanted] = useState(false)
  if (wanted) return <OpenedMenu {...props} />
  return (
    <button
      type="button"
      className="sw-icon-button"
      aria-label="Cell actions"
      aria-haspopup="menu"
      onClick={() => setWanted(true)}
    >
      <Ellipsis size={15} />
    </button>
  )
}

function OpenedMenu(props: { readonly cell: Cell; readonly index: number; readonly count: number }) {
  const { cell, index, count } = props
  const session = useSession()
  const runs = cell.kind !== 'markdown'
  return (
    <Menu position="bottom-end" width={200} defaultOpened>
      <Menu.Target>
        <button type="button" className="sw-icon-button" aria-label="Cell actions">
          <Ellipsis size={15} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<ArrowUp size={14} />}
          disabled={index === 0}
          onClick={() => session.edit([{ type: 'move', id: cell.id, index: index - 1 }])}
        >
          Move up
        </Menu.Item>
        <Menu.Item
          leftSection={<ArrowDown size={14} />}
          disabled={index === count - 1}
          onClick={() => session.edit([{ type: 'move', id: cell.id, index: index + 1 }])}
        >
          Move down
        </Menu.Item>
        <Menu.Item leftSection={<Plus size={14} />} onClick={() => session.insert(index, 'sql')}>
          Add a cell above
        </Menu.Item>
        <Menu.Item leftSection={<Plus size={14} />} onClick={() => session.insert(index + 1, 'sql')}>
          Add a cell below
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Change to</Menu.Label>
        {cellKinds
          .filter((kind) => kind !== cell.kind)
          .map((kind) => (
            <Menu.Item key={kind} onClick={() => session.edit([{ type: 'update', id: cell.id, kind }])}>
              {kindFacts[kind].title}
            </Menu.Item>
          ))}
        <Menu.Divider />
        {runs && (
          <Menu.Item
            leftSection={<CircleSlash size={14} />}
            onClick={() => session.edit([{ type: 'update', id: cell.id, disabled: !cell.disabled }])}
          >
            {cell.disabled ? 'Enable' : 'Disable'}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Trash2 size={14} />} onClick={() => deleteCell(session, cell.id)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
