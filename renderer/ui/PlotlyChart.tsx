import { useEffect, useRef, useState } from 'react'
import { plotlyTemplate } from '../theme.ts'
import { useScheme } from './use-scheme.ts'

let loading: Promise<PlotlyLibrary> | undefined

/** Plotly is large, so it comes with the first chart; its strict build needs no `unsafe-eval`. */
function loadPlotly(): Promise<PlotlyLibrary> {
  loading ??= import('plotly.js-strict-dist-min').then((module) => module.default)
  return loading
}

/** A Plotly figure in the window's theme. `label` says in words what it shows. Fills the width; `height` in pixels. */
export function PlotlyChart(props: {
  readonly data: readonly object[]
  readonly layout?: object
  readonly height: number
  readonly label: string
  /** Buttons for zoom and download on hover; off for small charts. */
  readonly modeBar?: boolean
}) {
  const { data, layout, height, label, modeBar = false } = props
  const scheme = useScheme()
  const element = useRef<HTMLDivElement>(null)
  const [ready, setReady] = useState(false)

  useEffect(() => {
    let stopped = false
    loadPlotly().then((plotly) => {
      if (stopped || !element.current) return
      plotly
        .react(
          element.current,
          // Plotly writes into what it is given.
          structuredClone(data),
          { ...structuredClone(layout ?? {}), height, autosize: true, template: plotlyTemplate(scheme) },
          { responsive: false, displaylogo: false, displayModeBar: modeBar ? 'hover' : false },
        )
        .then(() => setReady(true))
    })
    return () => {
      stopped = true
    }
  }, [data, layout, height, scheme, modeBar])

  useEffect(() => {
    const target = element.current
    if (!target) return
    // Hidden tabs have no width; Plotly must not draw for them.
    const observer = new ResizeObserver(() => {
      if (target.clientWidth > 0 && target.classList.contains('js-plotly-plot')) {
        loadPlotly().then((plotly) => plotly.Plots.resize(target))
      }
    })
    observer.observe(target)
    return () => {
      observer.disconnect()
      loadPlotly().then((plotly) => plotly.purge(target))
    }
  }, [])

  return (
    <figure
      className="sw-chart"
      aria-label={label}
      style={{ minHeight: height }}
      data-ready={ready || undefined}
    >
      <div ref={element} />
    </figure>
  )
}
