import type { Coefficient } from '../../../../shared/models/coefficients.ts'

/** Where a coefficient stands: by how many standard errors it is from zero, else by its size. */
function strength({ statistic, estimate }: Coefficient): number {
  return Math.abs(statistic ?? estimate)
}

/**
 * The coefficients of one class whose input's name holds every word of the filter, strongest first; the intercept
 * leads, and references, which are zero by choice, come last.
 */
export function rankCoefficients(
  all: readonly Coefficient[],
  ofClass: string | null,
  filter: string,
): Coefficient[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const place = (one: Coefficient) => (one.input === null ? 0 : one.reference ? 2 : 1)
  return all
    .filter((one) => one.class === ofClass)
    .filter((one) => words.every((word) => (one.input ?? 'intercept').toLowerCase().includes(word)))
    .sort((a, b) => place(a) - place(b) || strength(b) - strength(a))
}
