import { Failure } from '../../failure.ts'
import type { GraphNode, OnnxGraph } from './read-graph.ts'

/** Operators that hand texts on as they are. */
const passing = new Set([
  'Identity',
  'Concat',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Transpose',
  'Gather',
  'ArrayFeatureExtractor',
  'Split',
  'Slice',
  'Where',
])

/** The attributes that hold the texts an operator tells apart; every other text is one and the same to it. */
const tellsApart: Record<string, readonly string[]> = {
  OneHotEncoder: ['cats_strings'],
  LabelEncoder: ['keys_strings', 'keys_tensor', 'classes_strings'],
  CategoryMapper: ['cats_strings'],
}

/** What texts a node tells apart; null where it may read their letters. */
function known(graph: OnnxGraph, node: GraphNode): readonly string[] | null {
  if (node.type === 'Equal') return node.inputs.flatMap((name) => graph.constant(name) ?? [])
  const attributes = tellsApart[node.type]
  return attributes?.flatMap((name) => node.attribute(name)?.texts ?? []) ?? null
}

/**
 * The texts that a graph tells apart in one of its text inputs, in the order of the file: its categories. They are
 * found by following the input to the operators that look texts up.
 *
 * @throws Failure `invalid-input` where the texts go into an operator that does more than look them up
 */
export function textCategories(graph: OnnxGraph, input: string, shown: string): string[] {
  const categories = new Set<string>()
  const seen = new Set<string>()
  const waiting = [input]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    for (const node of graph.nodes) {
      if (!node.inputs.includes(name)) continue
      if (passing.has(node.type)) {
        waiting.push(...node.outputs)
        continue
      }
      const texts = known(graph, node)
      if (texts === null) {
        throw new Failure(
          'invalid-input',
          `The text input "${input}" of ${shown} goes into ${node.type}, which works on the text itself; only categories can be fed.`,
          'Convert the model without that step, and give it what the step makes.',
          'file',
        )
      }
      for (const text of texts) categories.add(text)
    }
  }
  return [...categories]
}
