import { z } from 'zod'
import { labelSchema } from '../../signature/signature.ts'
import { tensorTypes } from './read-graph.ts'

const inputSchema = z.strictObject({
  /** The graph's name of the tensor. */
  name: z.string(),
  type: z.enum(tensorTypes),
  /** Columns of the signature, side by side in the tensor. */
  columns: z.array(z.string()).min(1),
  /** Of texts: what a missing value is fed as, and what any text is that the graph does not tell from others. */
  missing: z.string().optional(),
  unseen: z.string().optional(),
})
export type FedTensor = z.infer<typeof inputSchema>

/** The file `model.json` of a version whose model is the ONNX file beside it: how that is fed and read. */
export const onnxModelSchema = z.strictObject({
  format: z.literal('onnx'),
  version: z.literal(1),
  /** Rows of every run, where the graph leaves no choice; null for any number. */
  rows: z.number().int().positive().nullable(),
  inputs: z.array(inputSchema).min(1),
  scores: z.strictObject({
    /** The tensor that is read. */
    name: z.string(),
    /** One column per class, one of the second class's probability, or one of the predicted number. */
    kind: z.enum(['classes', 'positive', 'value']),
  }),
  /** The tensor of labels, and what it holds for each class in order; null where the greatest score decides. */
  label: z.strictObject({ name: z.string(), values: z.array(labelSchema).min(2) }).nullable(),
  /** The file gives out maps by label; they are left out when it is loaded. */
  zipMap: z.boolean(),
})
export type OnnxModel = z.infer<typeof onnxModelSchema>
