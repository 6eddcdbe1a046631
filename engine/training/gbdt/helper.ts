/** The second thread of a boosted-tree training: does its part of the work it is asked for, until it is told to stop. */
import { workerData } from 'node:worker_threads'
import { createLane, type LaneWork, laneWork } from './lane.ts'
import type { GbdtShared } from './layout.ts'
import { controlPlaces, spins } from './threads.ts'

const shared: GbdtShared = workerData
const lane = createLane(shared)
const control = new Int32Array(shared.memory.buffer, shared.layout.control, 16)
const result = new Float64Array(shared.memory.buffer, shared.layout.control + controlPlaces.resultByte, 1)

function nextTurn(done: number): number {
  for (let spin = 0; spin < spins; spin++) {
    const turn = Atomics.load(control, controlPlaces.asked)
    if (turn !== done) return turn
  }
  Atomics.wait(control, controlPlaces.asked, done)
  return Atomics.load(control, controlPlaces.asked)
}

const isWork = (value: number): value is LaneWork => value >= 0 && value <= laneWork.addLeaves

let turn = Atomics.load(control, controlPlaces.asked)
Atomics.store(control, controlPlaces.ready, 1)
for (;;) {
  const next = nextTurn(turn)
  if (next === turn) continue
  turn = next
  const work = control[controlPlaces.work]!
  if (!isWork(work) || work === laneWork.stop) break
  result[0] = lane.run(work, 1, Array.from(control.subarray(controlPlaces.args, controlPlaces.args + 4)))
  Atomics.store(control, controlPlaces.answered, turn)
  Atomics.notify(control, controlPlaces.answered)
}
