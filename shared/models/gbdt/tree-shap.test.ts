/**
 * The definition itself, summed over all sets of features, catches an error in the polynomial's integral; values
 * recorded from XGBoost's `pred_contribs` catch another reading of the definition.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../drift/testing/seeded-random.ts'
import fixture from './fixtures/xgboost-models.json' with { type: 'json' }
import { gaussLegendre } from './gauss-legendre.ts'
import { readGbdtModel } from './parse-gbdt-model.ts'
import { randomGbdt, randomGbdtRows } from './testing/random-gbdt.ts'
import { treeImportance } from './tree-importance.ts'
import type { Tree } from './tree-model.ts'
import { createTreeShap } from './tree-shap.ts'

/** What a tree predicts where only the features in `known` are, by the cover of its nodes. */
function treeValue(tree: Tree, row: Float32Array, known: number, node = 0): number {
  const [left, right] = [tree.left[node]!, tree.right[node]!]
  if (left < 0) return tree.weight[node]!
  const feature = tree.feature[node]!
  if (known & (1 << feature)) {
    const x = row[feature]!
    const set = tree.rightCategories.get(node)
    const goesLeft = Number.isNaN(x)
      ? tree.defaultLeft[node] === 1
      : set
        ? !set.includes(x)
        : x < tree.threshold[node]!
    return treeValue(tree, row, known, goesLeft ? left : right)
  }
  const total = tree.cover[node]!
  return (
    (tree.cover[left]! * treeValue(tree, row, known, left) +
      tree.cover[right]! * treeValue(tree, row, known, right)) /
    total
  )
}

/** Shapley's formula over all sets that leave the feature out. */
function shapley(features: number, feature: number, value: (known: number) => number): number {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  let sum = 0
  for (let known = 0; known < 1 << features; known++) {
    if (known & (1 << feature)) continue
    const size = Array.from({ length: features }, (_, f) => (known >> f) & 1).reduce((a, b) => a + b, 0)
    const share = (factorial(size) * factorial(features - size - 1)) / factorial(features)
    sum += share * (value(known | (1 << feature)) - value(known))
  }
  return sum
}

test('each value is the Shapley value of its feature, and with the base they sum to the margin', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      const model = randomGbdt(random)
      const { features, groups, trees, treeGroup } = model
      const { inputs } = randomGbdtRows(random, features)
      const row = inputs.subarray(0, features)
      const shap = createTreeShap(model)
      const found = shap.explain(row, 1)
      const apart = Array.from({ length: groups }, (_, k) => [...shap.explainOutput(row, 1, k)])
      expect(apart.flat()).toEqual([...found])
      for (let k = 0; k < groups; k++) {
        const ofGroup = trees.filter((_, t) => treeGroup[t] === k)
        const scale = ofGroup.reduce((sum, tree) => sum + Math.max(...tree.weight.map(Math.abs)), 1)
        const value = (known: number) => ofGroup.reduce((sum, tree) => sum + treeValue(tree, row, known), 0)
        // Random covers need not add up, so a tree may expect far more than its leaves.
        const size = scale + Math.abs(value(0))
        for (let f = 0; f < features; f++) {
          expect(found[k * features + f]! / size).toBeCloseTo(shapley(features, f, value) / size, 6)
        }
        const sum = found.subarray(k * features, (k + 1) * features).reduce((a, b) => a + b, 0)
        expect(sum / size).toBeCloseTo((value((1 << features) - 1) - value(0)) / size, 6)
      }
    }),
    { numRuns: 60 },
  )
})

describe('values, base and importance are XGBoost’s', () => {
  for (const { name, rows, model: json, contributions, importance } of fixture.models) {
    test(name, () => {
      const model = readGbdtModel(json)
      const { features, groups } = model
      const shap = createTreeShap(model)
      const inputs = Float32Array.from(rows.flat(), (value) => value ?? Number.NaN)
      const found = shap.explain(inputs, contributions.length)
      const ours = contributions.map((_, r) =>
        Array.from({ length: groups }, (_, k) => [
          ...found.subarray((r * groups + k) * features, (r * groups + k + 1) * features),
          shap.base[k]!,
        ]).flat(),
      )
      const largest = Math.max(...contributions.flat().map(Math.abs))
      contributions.forEach((row, r) => {
        row.forEach((value, i) => {
          expect(ours[r]![i]! / largest).toBeCloseTo(value / largest, 5)
        })
      })
      const { weight, gain, cover } = treeImportance(model)
      const kinds = { weight, total_gain: gain, total_cover: cover }
      for (const [kind, values] of Object.entries(kinds)) {
        const theirs: Record<string, number> = importance[kind as keyof typeof importance]
        values.forEach((value, f) => {
          expect(value / ((theirs[`f${f}`] ?? 0) || 1)).toBeCloseTo(theirs[`f${f}`] === undefined ? 0 : 1, 4)
        })
      }
    })
  }
})

test('quadrature integrates powers below twice its points exactly', () => {
  for (const count of [1, 2, 3, 8, 40]) {
    const { points, weights } = gaussLegendre(count)
    for (let power = 0; power < 2 * count; power++) {
      const sum = points.reduce((total, t, q) => total + weights[q]! * t ** power, 0)
      expect(sum).toBeCloseTo(1 / (power + 1), 12)
    }
  }
})
