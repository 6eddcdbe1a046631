/**
 * SQL to order values by at random, differently for each seed.
 *
 * DuckDB's `hash(seed, value)` is the value's hash with a constant added bit by bit: the orders of two seeds are then one
 * order with halves of it swapped, halves of these, and so on. The first quarter of it would be one of four sets of
 * rows, whatever the seed. So the sum is hashed once more.
 */
export function seededHash(seed: number, value: string): string {
  return `hash(xor(hash(${value}), ${seed}::ubigint))`
}
