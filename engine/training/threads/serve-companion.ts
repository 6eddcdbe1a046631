import { openControl, places, stopWork, whileEqual } from './control.ts'

/** The companion's side: does what it is asked for until it is told to stop. `run` answers a number, or nothing. */
export function serveCompanion(
  buffer: ArrayBufferLike,
  control: number,
  run: (work: number, args: Float64Array) => number,
): void {
  const { flags, args, result } = openControl(buffer, control)
  let turn = Atomics.load(flags, places.asked)
  Atomics.store(flags, places.ready, 1)
  for (;;) {
    turn = whileEqual(flags, places.asked, turn)
    const work = flags[places.work]!
    if (work === stopWork) return
    result[0] = run(work, args)
    Atomics.store(flags, places.answered, turn)
    Atomics.notify(flags, places.answered)
  }
}
