/** How far from the middle of its band a row may be drawn, and the step between rows of like value. */
const widest = 0.4
const step = 0.045

/**
 * Rows of like value spread over their band, alternately above and below, the same way every time.
 *
 * @param span width of the whole picture in the unit of the values; rows within a sixtieth of it are spread apart
 * @returns offsets from −0.4 to 0.4 of a band's height
 */
export function beeswarmOffsets(values: readonly number[], span: number): number[] {
  const counts = new Map<number, number>()
  return values.map((value) => {
    const bin = Math.round((value / (span || 1)) * 60)
    const before = counts.get(bin) ?? 0
    counts.set(bin, before + 1)
    const offset = (before % 2 === 0 ? 1 : -1) * Math.ceil(before / 2) * step
    return Math.max(-widest, Math.min(widest, offset))
  })
}
