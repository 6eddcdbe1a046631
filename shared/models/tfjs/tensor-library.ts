/** The part of tfjs that scoring asks for, so that what is shared loads no library. */
export interface TensorLibrary {
  loadLayersModel(handler: { load(): Promise<LayersArtifacts> }): Promise<LayersModel>
  tensor2d(values: Float32Array, shape: [number, number]): Tensor
  engine(): { startScope(): void; endScope(): void }
}

export interface Tensor {
  readonly shape: readonly number[]
  dataSync(): ArrayLike<number>
}

type Shape = readonly (number | null)[]

export interface LayersModel {
  readonly inputs: readonly { shape: Shape }[]
  readonly outputs: readonly { shape: Shape }[]
  predict(inputs: Tensor | Tensor[]): Tensor | Tensor[]
}

export interface LayersArtifacts {
  modelTopology: object
  weightSpecs: { name: string; shape: number[]; dtype: 'float32' | 'int32' | 'bool' }[]
  weightData: ArrayBuffer
}
