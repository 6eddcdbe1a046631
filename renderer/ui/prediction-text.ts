import type { Explanation } from '../../shared/contract/evaluation.ts'
import { formatNumber } from './format.ts'

/** A predicted class as it is, a predicted number to four digits. */
export function predictionText({ prediction, output }: Explanation): string {
  return output === null ? formatNumber(Number(prediction)) : prediction
}
