import type { Output } from '../../../../shared/notebook/cell-state.ts'
import { formatCount, formatNumber } from '../../../ui/format.ts'
import { SearchTable } from '../../../ui/training/SearchTable.tsx'
import { LossChart } from './LossChart.tsx'

/** Training as it goes: the loss of every epoch or round so far, and what is being done. */
export function TrainingOutput({ output }: { readonly output: Extract<Output, { type: 'training' }> }) {
  const last = output.history.at(-1)
  const running = output.step !== ''
  const unit = output.unit ?? 'epoch'
  return (
    <div className="sw-training">
      <p className="sw-muted" role="status">
        {running && (
          <progress
            value={output.history.length}
            max={Math.max(1, output.epochs)}
            aria-label={unit === 'round' ? 'Rounds done' : 'Epochs done'}
          />
        )}
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
