/** Rows of a relation as windows: how a scroll position maps to rows, whatever their number. */

export const rowHeight = 26

/** Browsers place elements exactly only up to some ten million pixels; beyond, scrolling is scaled. */
const tallest = 8_000_000

export const windowRows = 200

export interface View {
  /** Height of the scrolled content in pixels. */
  readonly height: number
  /** First and one past the last row to draw. */
  readonly first: number
  readonly end: number
  /** Where the first drawn row stands, in pixels from the top of the content. */
  readonly top: number
}

/** Rows to draw at a scroll position; `overscan` rows beyond each edge. */
export function viewAt(total: number, scrollTop: number, viewport: number, overscan = 8): View {
  const whole = total * rowHeight
  const height = Math.min(whole, tallest)
  const visible = Math.ceil(viewport / rowHeight)
  if (total === 0) return { height: 0, first: 0, end: 0, top: 0 }
  if (whole <= tallest) {
    const first = Math.max(0, Math.min(total - 1, Math.floor(scrollTop / rowHeight)) - overscan)
    return { height, first, end: Math.min(total, first + visible + 2 * overscan + 1), top: first * rowHeight }
  }
  const range = Math.max(1, height - viewport)
  const share = Math.min(1, Math.max(0, scrollTop / range))
  const lastFirst = Math.max(0, total - viewport / rowHeight)
  const exact = share * lastFirst
  const at = Math.floor(exact)
  const first = Math.max(0, at - overscan)
  return {
    height,
    first,
    end: Math.min(total, at + visible + overscan + 1),
    top: scrollTop - (exact - first) * rowHeight,
  }
}

/** Indexes of the windows that hold rows `first` to `end`. */
export function windowsFor(first: number, end: number): readonly number[] {
  const windows: number[] = []
  if (end <= first) return windows
  for (let index = Math.floor(first / windowRows); index * windowRows < end; index++) windows.push(index)
  return windows
}
