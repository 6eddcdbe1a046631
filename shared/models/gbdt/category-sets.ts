/** HOT LOOP: category sets of trees as bits, looked up for every row that meets a categorical split. */
import type { Tree } from './tree-model.ts'

/** All sets of a model in one run: at its place a set has its number of bits, then the bits, 32 to a word. */
export interface CategorySets {
  readonly words: Uint32Array
  /** Per tree, the place of each node's set; −1 where it splits on a number or is a leaf. */
  readonly places: readonly Int32Array[]
}

/** Packs the sets of all trees; null where no tree splits on categories. */
export function packCategorySets(trees: readonly Tree[]): CategorySets | null {
  if (trees.every((tree) => tree.rightCategories.size === 0)) return null
  const words: number[] = []
  const places = trees.map((tree) => {
    const place = new Int32Array(tree.left.length).fill(-1)
    for (const [node, categories] of tree.rightCategories) {
      place[node] = words.length
      const bits = (categories.at(-1) ?? -1) + 1
      const start = words.push(bits)
      for (let word = 0; word < bits; word += 32) words.push(0)
      for (const category of categories) {
        words[start + (category >> 5)] = (words[start + (category >> 5)]! | (1 << (category & 31))) >>> 0
      }
    }
    return place
  })
  return { words: Uint32Array.from(words), places }
}

/** 1 where the value is a category of the set, so goes right; 0 for every other number, as XGBoost has it. */
export function isInSet(words: Uint32Array, place: number, value: number): 0 | 1 {
  if (!(value >= 0 && value < words[place]!)) return 0
  const category = value | 0
  return (words[place + 1 + (category >> 5)]! >>> (category & 31)) & 1 ? 1 : 0
}
