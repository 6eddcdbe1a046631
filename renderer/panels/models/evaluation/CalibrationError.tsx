import { formatNumber } from '../../../ui/format.ts'

/** How far the scores are from what happened; what other tools call ECE. */
export function CalibrationError(props: { readonly error: number }) {
  return (
    <span title="Expected calibration error (ECE): how far shares lie from scores, on average over the bins">
      error {formatNumber(props.error, 3)}
    </span>
  )
}
