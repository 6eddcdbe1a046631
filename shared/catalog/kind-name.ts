/** A kind of model as people call it; the train cell's own word where there is no better one. */
const names: Readonly<Record<string, string>> = {
  linear: 'linear regression',
  logistic: 'logistic regression',
  mlp: 'neural network',
  gbdt: 'boosted trees',
  tfjs: 'custom network',
  onnx: 'ONNX',
}

export function kindName(kind: string): string {
  return names[kind] ?? kind
}
