import type { NotebookEvent } from '../../shared/contract/notebook.ts'
import type { CellState, Output } from '../../shared/notebook/cell-state.ts'
import type { Cell } from '../../shared/notebook/notebook.ts'

interface RunListener {
  /** A cell ran and ended: done or failed. */
  onCell?: (cell: Cell, state: CellState, outputs: readonly Output[]) => void
  /** 0 to 1 over the cells, and what is being done. */
  onProgress?: (fraction: number, note: string) => void
}

const finished: ReadonlySet<CellState['status']> = new Set(['done', 'failed'])

/** Turns a notebook's events into what a terminal shows of a run. */
export function followRun({
  onCell = () => {},
  onProgress = () => {},
}: RunListener): (event: NotebookEvent) => void {
  const cells = new Map<string, Cell>()
  const outputs = new Map<string, readonly Output[]>()
  const ended = new Set<string>()
  const fraction = () => (cells.size === 0 ? 0 : ended.size / cells.size)
  return (event) => {
    switch (event.type) {
      case 'document':
        for (const { cell } of event.view.cells) cells.set(cell.id, cell)
        return
      case 'state': {
        const cell = cells.get(event.id)
        if (!cell) return
        if (event.state.status === 'running') {
          onProgress(fraction(), cell.name || cell.kind)
        } else if (finished.has(event.state.status) && event.state.ms !== null && !ended.has(event.id)) {
          // A cell that fails at once may never be seen running: of states that meet, only the newest comes.
          ended.add(event.id)
          onCell(cell, event.state, outputs.get(event.id) ?? [])
          onProgress(fraction(), '')
        }
        return
      }
      case 'outputs': {
        outputs.set(event.id, event.outputs)
        const training = event.outputs.find((output) => output.type === 'training')
        if (!training) return
        const share = training.epochs === 0 ? 0 : training.history.length / training.epochs
        onProgress(fraction() + share / Math.max(1, cells.size), training.step)
        return
      }
      case 'running':
        return
    }
  }
}
