/** SVG charts of an exported report: a few marks on two axes, drawn without a library so that the file stays small. */
import { formatNumber } from '../ui/format.ts'

type Attributes = Readonly<Record<string, string | number>>

const namespace = 'http://www.w3.org/2000/svg'

function mark(name: string, attributes: Attributes, title?: string): SVGElement {
  const element = document.createElementNS(namespace, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  if (title !== undefined) {
    const text = document.createElementNS(namespace, 'title')
    text.textContent = title
    element.append(text)
  }
  return element
}

/** An HTML element with text or children. */
export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes,
  ...children: readonly (string | Node)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  element.append(...children)
  return element
}

/** Three significant digits. */
export function short(value: number): string {
  return formatNumber(value, 3)
}

export interface Series {
  /** `steps`: horizontal, then vertical. `rug`: short strokes on the horizontal axis. */
  readonly kind: 'line' | 'steps' | 'points' | 'bars' | 'ranges' | 'rug'
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Of `ranges`: ends along the x axis. */
  readonly low?: readonly number[]
  readonly high?: readonly number[]
  readonly colour: string
  /** Of `points`: one per point in place of `colour`. */
  readonly colours?: readonly string[]
  readonly width?: number
  readonly opacity?: number
  readonly name?: string
  readonly dashed?: boolean
  readonly titles?: readonly string[]
}

export interface ChartOptions {
  readonly x: string
  readonly y: string
  readonly xRange: readonly [number, number]
  readonly yRange: readonly [number, number]
  /** Whether the numbers across are milliseconds since 1970 UTC. */
  readonly xTime?: boolean
  /** Names in place of numbers at whole places. */
  readonly xNames?: readonly string[]
  readonly yNames?: readonly string[]
  readonly height?: number
  /** Fills a card as wide as the page, with room for longer names. */
  readonly wide?: boolean
  readonly label: string
}

function ticks([from, to]: readonly [number, number]): number[] {
  const step = 10 ** Math.floor(Math.log10((to - from) / 2 || 1))
  const size = [1, 2, 5, 10].map((times) => step * times).find((one) => (to - from) / one <= 6) ?? step * 10
  const found: number[] = []
  for (let at = Math.ceil(from / size); at * size <= to + size * 1e-9; at++) found.push(at * size)
  return found
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10)
}

/** Ticks with the digits that tell neighbours apart: 11,900 and 12,000, not 1.19e4. */
function tickText(tick: number, [from, to]: readonly [number, number]): string {
  const digits = Math.ceil(Math.log10(Math.max(Math.abs(from), Math.abs(to)) / (to - from || 1))) + 2
  const near = Math.abs(tick) < (to - from) * 1e-9 ? 0 : tick
  return formatNumber(near, Math.min(9, Math.max(3, digits)))
}

/** A chart with its axes; series are drawn in their order. */
export function chart(options: ChartOptions, series: readonly Series[]): SVGElement {
  const height = options.height ?? 240
  const width = options.wide ? 860 : 420
  const left = options.yNames ? (options.wide ? 240 : 130) : 48
  // Room above the plot for the name of its vertical axis.
  const top = options.y === '' ? 6 : 20
  const [x0, x1] = options.xRange
  const [y0, y1] = options.yRange
  const right = width - 12
  const inner = { width: right - left, height: height - top - 36 }
  const px = (x: number) => left + ((x - x0) / (x1 - x0 || 1)) * inner.width
  const py = (y: number) => top + (1 - (y - y0) / (y1 - y0 || 1)) * inner.height
  const root = mark('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': options.label })
  // A chart in a wide card keeps its text at the size of the page's.
  root.style.maxWidth = options.wide ? '1072px' : '560px'
  const bottom = top + inner.height
  const xTicks = options.xNames ? options.xNames.map((_, i) => i) : ticks(options.xRange)
  const yTicks = options.yNames ? options.yNames.map((_, i) => i) : ticks(options.yRange)
  const every = Math.ceil(xTicks.length / 10)
  const label = (text: string, attributes: Attributes, whole = text) => {
    const element = mark('text', attributes)
    element.textContent = text
    if (whole !== text) {
      const title = mark('title', {})
      title.textContent = whole
      element.append(title)
    }
    root.append(element)
  }
  xTicks.forEach((tick, i) => {
    if (!options.xNames)
      root.append(mark('line', { class: 'tick', x1: px(tick), x2: px(tick), y1: top, y2: bottom }))
    const text = options.xNames?.[i] ?? (options.xTime ? dayOf(tick) : tickText(tick, options.xRange))
    if (i % every === 0) label(text, { x: px(tick), y: bottom + 14, 'text-anchor': 'middle' })
  })
  yTicks.forEach((tick, i) => {
    if (!options.yNames)
      root.append(mark('line', { class: 'tick', x1: left, x2: right, y1: py(tick), y2: py(tick) }))
    const text = options.yNames?.[i] ?? tickText(tick, options.yRange)
    const most = options.wide ? 40 : 20
    const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text
    label(cut, { x: left - 6, y: py(tick) + 4, 'text-anchor': 'end' }, text)
  })
  root.append(mark('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }))
  label(options.x, { x: left + inner.width / 2, y: height - 4, 'text-anchor': 'middle' })
  label(options.y, { x: 4, y: 2, 'dominant-baseline': 'hanging' })
  for (const one of series) root.append(...drawn(one, px, py, inner, options))
  return root
}

function drawn(
  one: Series,
  px: (x: number) => number,
  py: (y: number) => number,
  inner: { width: number; height: number },
  options: ChartOptions,
): SVGElement[] {
  const { x, y, colour, titles } = one
  const title = (i: number) =>
    titles?.[i] ?? `${one.name ? `${one.name}: ` : ''}${short(x[i]!)}, ${short(y[i]!)}`
  const opacity = one.opacity ?? 1
  switch (one.kind) {
    case 'line':
    case 'steps': {
      const point = (value: number, height: number) => `${px(value).toFixed(1)},${py(height).toFixed(1)}`
      const points = x
        .map((value, i) =>
          one.kind === 'steps' && i > 0
            ? `${point(value, y[i - 1]!)} ${point(value, y[i]!)}`
            : point(value, y[i]!),
        )
        .join(' ')
      const stroke = { stroke: colour, 'stroke-width': one.width ?? 1.75, opacity }
      return [
        mark(
          'polyline',
          { points, fill: 'none', ...stroke, ...(one.dashed ? { 'stroke-dasharray': '3 3' } : {}) },
          one.name,
        ),
      ]
    }
    case 'points':
      return x.map((value, i) =>
        mark(
          'circle',
          { cx: px(value), cy: py(y[i]!), r: one.width ?? 3.5, fill: one.colours?.[i] ?? colour, opacity },
          title(i),
        ),
      )
    case 'rug':
      return x.map((value) =>
        mark('line', {
          x1: px(value),
          x2: px(value),
          y1: py(options.yRange[0]),
          y2: py(options.yRange[0]) - 6,
          stroke: colour,
          'stroke-width': 1,
        }),
      )
    case 'ranges':
      return x.flatMap((value, i) => [
        mark('line', {
          x1: px(one.low?.[i] ?? value),
          x2: px(one.high?.[i] ?? value),
          y1: py(y[i]!),
          y2: py(y[i]!),
          stroke: colour,
          'stroke-width': 1.5,
        }),
        mark('circle', { cx: px(value), cy: py(y[i]!), r: 3.5, fill: colour }, title(i)),
      ])
    case 'bars': {
      if (options.yNames) {
        const thick = Math.max(2, (inner.height / options.yNames.length) * 0.6)
        return x.map((value, i) =>
          mark(
            'rect',
            {
              x: Math.min(px(0), px(value)),
              y: py(y[i]!) - thick / 2,
              width: Math.abs(px(value) - px(0)),
              height: thick,
              fill: colour,
              opacity,
            },
            title(i),
          ),
        )
      }
      const step = x.length > 1 ? px(x[1]!) - px(x[0]!) : inner.width
      const thick = Math.max(1, step * (options.xNames ? 0.6 : 0.92))
      return x.map((value, i) =>
        mark(
          'rect',
          {
            x: px(value) - thick / 2,
            y: py(Math.max(y[i]!, 0)),
            width: thick,
            height: Math.abs(py(y[i]!) - py(0)),
            fill: colour,
            opacity,
          },
          title(i),
        ),
      )
    }
  }
}

/** What the colours of a chart stand for. */
export function legend(entries: readonly (readonly [string, string])[]): HTMLElement {
  return html(
    'div',
    { class: 'legend' },
    ...entries.map(([name, colour]) => {
      const swatch = html('i', {})
      swatch.style.background = colour
      return html('span', {}, swatch, name)
    }),
  )
}

/** A chart in a card under its name. */
export function card(title: string, note: string, ...content: readonly Node[]): HTMLElement {
  return html('div', { class: 'card' }, html('h3', {}, title), html('p', {}, note), ...content)
}

/** From the least to the greatest, a little wider, and with 0 where `zero`. */
export function rangeOf(values: readonly number[], zero = false): [number, number] {
  let low = zero ? 0 : Number.POSITIVE_INFINITY
  let high = zero ? 0 : Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(low < high)) return Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1]
  const room = (high - low) * 0.04
  return [zero && low === 0 ? 0 : low - room, high + room]
}
