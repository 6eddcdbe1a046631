/** Another thread of a network's training: does its part of products and steps, until it is told to stop. */
import { workerData } from 'node:worker_threads'
import { serveCompanion } from '../threads/serve-companion.ts'
import { type KernelShared, runKernelWork } from './kernel-work.ts'
import { openNetworkKernel } from './network-kernel.ts'

const { memory, code, control }: KernelShared = workerData
const kernel = openNetworkKernel(code, memory)
serveCompanion(memory.buffer, control, (work, args) => runKernelWork(kernel, work, args))
