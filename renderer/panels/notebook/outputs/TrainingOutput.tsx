import type { Output } from '../../../../shared/notebook/cell-state.ts'
import { formatCount, formatNumber } from '../../../ui/format.ts'
import { SearchTable } from '../../../ui/training/SearchTable.tsx'
import { LossChart } from './LossChart.tsx'

type TrainingRun = Extract<Output, { type: 'training' }>

/** Training as it goes: the loss of every epoch or round so far, and what is being done. */
export function TrainingOutput({ output }: { readonly output: TrainingRun }) {
  const last = output.history.at(-1)
  const running = output.step !== ''
  const unit = output.unit ?? 'epoch'
  return (
    <div className="sw-training">
      <p className="sw-muted" role="status">
        {running && <Done output={output} />}
        {running ? `${output.step.charAt(0).toUpperCase()}${output.step.slice(1)}` : 'Finished'}
        {last &&
          ` · ${unit} ${formatCount(last.epoch)} of ${running ? 'at most ' : ''}${formatCount(output.epochs)} · loss ${formatNumber(last.loss)}`}
        {last && last.validationLoss !== null && ` · validation loss ${formatNumber(last.validationLoss)}`}
      </p>
      {output.search && <SearchTable table={output.search} />}
      {output.history.length > 1 && <LossChart history={output.history} unit={unit} />}
    </div>
  )
}

/** A bar of what can be counted: epochs or rounds, before them the fits of a search; nothing while neither is known. */
function Done({ output }: { readonly output: TrainingRun }) {
  const { history, epochs, search } = output
  if (epochs > 0) {
    const label = output.unit === 'round' ? 'Rounds done' : 'Epochs done'
    return <progress value={history.length} max={epochs} aria-label={label} />
  }
  if (search === undefined || search.fits.done === search.fits.of) return null
  return <progress value={search.fits.done} max={search.fits.of} aria-label="Fits done" />
}
