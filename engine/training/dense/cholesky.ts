/** HOT LOOP: cubic in the number of inputs. */

/** The factor of a symmetric positive semidefinite matrix, without the rows that follow from earlier ones. */
export interface Factor {
  /** Rows of the matrix that are independent, in the order they were taken. */
  readonly kept: Int32Array
  /** Rows that are linear combinations of those taken before them. */
  readonly dependent: Int32Array
  /** Solves `matrix · x = right`; x is 0 where dependent. */
  solve(right: Float64Array): Float64Array
  /** `vectorᵀ · matrix⁻¹ · vector` over the kept rows. */
  quadratic(vector: Float64Array): number
  /** The diagonal of the inverse; NaN where dependent. */
  inverseDiagonal(): Float64Array
}

/** A pivot is taken for zero below this share of its diagonal: 1 − R² of the row on those before it. */
const tolerance = 1e-11

/**
 * Cholesky factorisation that reveals the rank: a row whose pivot vanishes is left out, as R's `lm` leaves aliased
 * columns out (Higham, Analysis of the Cholesky decomposition of a semi-definite matrix, 1990).
 *
 * @param matrix row-major, `size` × `size`; only its lower triangle by `order` is read, so both must be filled
 * @param order in which rows are taken: of dependent ones the last is left out
 * @param least pivots up to this are zero as well: rows that are nothing but rounding
 */
export function factorise(matrix: Float64Array, size: number, order: Int32Array, least = 0): Factor {
  const lower = new Float64Array(size * size)
  const kept: number[] = []
  const dependent: number[] = []
  for (const row of order) {
    const at = kept.length * size
    let pivot = matrix[row * size + row]!
    const whole = pivot
    for (let k = 0; k < kept.length; k++) {
      let sum = matrix[row * size + kept[k]!]!
      const other = k * size
      for (let m = 0; m < k; m++) sum -= lower[at + m]! * lower[other + m]!
      const value = sum / lower[other + k]!
      lower[at + k] = value
      pivot -= value * value
    }
    if (!(pivot > Math.max(tolerance * whole, least))) {
      dependent.push(row)
      continue
    }
    lower[at + kept.length] = Math.sqrt(pivot)
    kept.push(row)
  }
  const rank = kept.length
  /** lower⁻¹ · vector, whose first `from` entries are zero. */
  const forward = (vector: Float64Array, from: number) => {
    for (let k = from; k < rank; k++) {
      let sum = vector[k]!
      for (let m = from; m < k; m++) sum -= lower[k * size + m]! * vector[m]!
      vector[k] = sum / lower[k * size + k]!
    }
    let squares = 0
    for (let k = from; k < rank; k++) squares += vector[k]! * vector[k]!
    return squares
  }
  const taken = (values: Float64Array) => Float64Array.from(kept, (row) => values[row]!)
  return {
    kept: Int32Array.from(kept),
    dependent: Int32Array.from(dependent),
    solve(right) {
      const vector = taken(right)
      forward(vector, 0)
      for (let k = rank - 1; k >= 0; k--) {
        let sum = vector[k]!
        for (let m = k + 1; m < rank; m++) sum -= lower[m * size + k]! * vector[m]!
        vector[k] = sum / lower[k * size + k]!
      }
      const solution = new Float64Array(size)
      for (let k = 0; k < rank; k++) solution[kept[k]!] = vector[k]!
      return solution
    },
    quadratic: (vector) => forward(taken(vector), 0),
    inverseDiagonal() {
      const diagonal = new Float64Array(size).fill(Number.NaN)
      const unit = new Float64Array(rank)
      for (let k = 0; k < rank; k++) {
        unit.fill(0)
        unit[k] = 1
        diagonal[kept[k]!] = forward(unit, k)
      }
      return diagonal
    },
  }
}
