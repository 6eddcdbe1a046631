/** What lies beside `server.mjs` in bundles of models that tfjs scores: tfjs, and its WebAssembly. */
export const tensorFiles = ['tensors.mjs', 'tfjs-backend-wasm-simd.wasm'] as const

/** The bill of materials of these files, beside them where they are built. */
export const tensorComponentsFile = 'tensors-components.json'
