/** What the desktop shell's preload exposes; absent in a browser. */
interface SlipwayShell {
  /** Hands over a fresh port to the engine with a `slipway-port` window message, or answers with it. */
  port?: () => Promise<MessagePort | undefined> | MessagePort | undefined
  chooseFolder?: () => Promise<string | null>
}

interface Window {
  readonly slipway?: SlipwayShell
}

/** The part of Plotly that is used; it comes without types. */
interface PlotlyLibrary {
  react(element: HTMLElement, data: readonly object[], layout: object, config: object): Promise<unknown>
  purge(element: HTMLElement): void
  Plots: { resize(element: HTMLElement): void }
}

declare module 'plotly.js-strict-dist-min' {
  const plotly: PlotlyLibrary
  export = plotly
}
