/** The second thread of a boosted-tree training: does its part of the work it is asked for, until it is told to stop. */
import { workerData } from 'node:worker_threads'
import { serveCompanion } from '../threads/serve-companion.ts'
import { createLane, type LaneWork, laneWork } from './lane.ts'
import type { GbdtShared } from './layout.ts'

const shared: GbdtShared = workerData
const lane = createLane(shared)
const isWork = (value: number): value is LaneWork => value >= laneWork.build && value <= laneWork.addLeaves

serveCompanion(shared.memory.buffer, shared.layout.control, (work, args) => {
  if (!isWork(work)) throw new Error(`There is no work ${work}.`)
  return lane.run(work, 1, args)
})
