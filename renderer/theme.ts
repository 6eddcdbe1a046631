import { type CSSVariablesResolver, createTheme } from '@mantine/core'
import { accentShades, darkShades, redShades } from './shades.ts'

export type Scheme = 'light' | 'dark'

/** Every colour of the window, for both schemes; Mantine, style sheets, Plotly and Monaco all read from here. */
export interface Tokens {
  readonly background: string
  readonly surface: string
  readonly raised: string
  readonly hover: string
  readonly selected: string
  readonly line: string
  readonly lineStrong: string
  readonly text: string
  readonly textMuted: string
  readonly textFaint: string
  readonly accent: string
  readonly accentSoft: string
  readonly baseline: string
  readonly running: string
  readonly done: string
  readonly stale: string
  readonly failed: string
  readonly failedSoft: string
  readonly staleSoft: string
  readonly doneSoft: string
  readonly code: {
    readonly keyword: string
    readonly string: string
    readonly number: string
    readonly comment: string
    readonly type: string
  }
}

export const tokens: Readonly<Record<Scheme, Tokens>> = {
  light: {
    background: '#f7f8f9',
    surface: '#ffffff',
    raised: '#ffffff',
    hover: '#f0f2f4',
    selected: '#e7f1f8',
    line: '#e4e7ea',
    lineStrong: '#c9ced4',
    text: '#1c2127',
    textMuted: '#56606b',
    textFaint: '#69737e',
    accent: '#0072b2',
    accentSoft: '#e6f2fa',
    baseline: '#8b949e',
    running: '#0072b2',
    done: '#00795a',
    stale: '#8a5a00',
    failed: '#b83200',
    failedSoft: '#fdeee8',
    staleSoft: '#fdf4dc',
    doneSoft: '#e2f4ee',
    code: { keyword: '#0a5f9e', string: '#8a4b00', number: '#00705a', comment: '#69737e', type: '#8a3a78' },
  },
  dark: {
    background: '#131518',
    surface: '#191c20',
    raised: '#20242a',
    hover: '#23282e',
    selected: '#1d3140',
    line: '#2b3036',
    lineStrong: '#444b54',
    text: '#e3e6e9',
    textMuted: '#a5aeb8',
    textFaint: '#8f99a4',
    accent: '#62b8ea',
    accentSoft: '#1b2f3d',
    baseline: '#8b949e',
    running: '#62b8ea',
    done: '#3fc29c',
    stale: '#e5ae3c',
    failed: '#ff8a5c',
    failedSoft: '#38211a',
    staleSoft: '#332a15',
    doneSoft: '#15302a',
    code: { keyword: '#74bdf0', string: '#e3b27a', number: '#63cfae', comment: '#8f99a4', type: '#dc9cc6' },
  },
}

/** Okabe and Ito's palette, told apart by colour-blind readers; yellow last, it is weak on white. */
export const categorical = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#d55e00',
  '#cc79a7',
  '#56b4e9',
  '#8b949e',
  '#f0e442',
] as const

/** Dark backgrounds swap the two blues, so that the first series is always the accent. */
export function chartColours(scheme: Scheme): readonly string[] {
  if (scheme === 'light') return categorical
  return [tokens.dark.accent, '#e69f00', '#26b88d', '#f07b3f', '#dc9cc6', '#0a86cc', '#8b949e', '#f0e442']
}

/** From little, close to the background, to much. */
export const sequential: Readonly<Record<Scheme, readonly (readonly [number, string])[]>> = {
  light: [
    [0, '#f1f7fb'],
    [0.25, '#b3d6ec'],
    [0.5, '#6bb0d8'],
    [0.75, '#2383ba'],
    [1, '#084a75'],
  ],
  dark: [
    [0, '#142330'],
    [0.25, '#0e456b'],
    [0.5, '#2377ab'],
    [0.75, '#6bb0d8'],
    [1, '#d5eaf7'],
  ],
}

/** Below, at and above a middle. */
export const diverging: readonly (readonly [number, string])[] = [
  [0, '#a63a00'],
  [0.25, '#e59a6b'],
  [0.5, '#f2f2f2'],
  [0.75, '#6bb0d8'],
  [1, '#084a75'],
]

export const fonts = {
  text: "'Inter Variable', system-ui, sans-serif",
  code: "'JetBrains Mono Variable', ui-monospace, monospace",
} as const

export const mantineTheme = createTheme({
  fontFamily: fonts.text,
  fontFamilyMonospace: fonts.code,
  primaryColor: 'accent',
  primaryShade: 6,
  colors: { accent: accentShades, red: redShades, dark: darkShades },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.8125rem', lg: '0.9375rem', xl: '1.125rem' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '6px', xl: '6px' },
  defaultRadius: 'md',
  shadows: {
    xs: 'none',
    sm: 'none',
    md: '0 4px 16px rgb(0 0 0 / 14%)',
    lg: '0 4px 16px rgb(0 0 0 / 14%)',
    xl: '0 4px 16px rgb(0 0 0 / 14%)',
  },
  headings: {
    fontFamily: fonts.text,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    // By themselves, notes under a field are two pixels smaller than its label: too small to be read.
    InputWrapper: {
      vars: () => ({
        description: { '--input-description-size': '0.75rem' },
        error: { '--input-error-size': '0.75rem' },
      }),
    },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    Tooltip: {
      defaultProps: {
        position: 'bottom',
        openDelay: 400,
        withArrow: false,
        transitionProps: { duration: 80 },
      },
    },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 100 },
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontWeight: 600 } },
    },
  },
})

function cssVariables(scheme: Scheme): Record<string, string> {
  const { code, ...colours } = tokens[scheme]
  const variables: Record<string, string> = {}
  const name = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  for (const [key, value] of Object.entries(colours)) variables[`--sw-${name(key)}`] = value
  for (const [key, value] of Object.entries(code)) variables[`--sw-code-${name(key)}`] = value
  chartColours(scheme).forEach((colour, index) => {
    variables[`--sw-series-${index + 1}`] = colour
  })
  return {
    ...variables,
    '--mantine-color-body': colours.background,
    '--mantine-color-text': colours.text,
    '--mantine-color-dimmed': colours.textMuted,
    '--mantine-color-placeholder': colours.textFaint,
    '--mantine-color-anchor': colours.accent,
    '--mantine-color-default': colours.surface,
    '--mantine-color-default-hover': colours.hover,
    '--mantine-color-default-color': colours.text,
    '--mantine-color-default-border': colours.lineStrong,
    '--mantine-color-error': colours.failed,
    '--mantine-color-accent-light': colours.accentSoft,
    '--mantine-color-accent-light-hover': colours.selected,
    '--mantine-color-accent-light-color': colours.accent,
  }
}

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: { '--sw-font-code': fonts.code },
  light: cssVariables('light'),
  dark: cssVariables('dark'),
})

/** Plotly's `layout.template`; a figure's own settings win over it. */
export function plotlyTemplate(scheme: Scheme): object {
  const colour = tokens[scheme]
  const axis = {
    gridcolor: colour.line,
    linecolor: colour.lineStrong,
    zerolinecolor: colour.lineStrong,
    tickcolor: colour.lineStrong,
    automargin: true,
    zeroline: false,
    title: { standoff: 8, font: { size: 12, color: colour.textMuted } },
  }
  return {
    layout: {
      font: { family: fonts.text, size: 12, color: colour.text },
      title: { font: { size: 13 }, x: 0, xanchor: 'left', y: 1, yanchor: 'top', pad: { t: 6 } },
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      colorway: [...chartColours(scheme)],
      colorscale: { sequential: sequential[scheme], diverging },
      margin: { l: 48, r: 12, t: 28, b: 40 },
      hoverlabel: {
        bgcolor: colour.raised,
        bordercolor: colour.lineStrong,
        font: { family: fonts.text, size: 12, color: colour.text },
      },
      legend: { orientation: 'h', y: 1.02, yanchor: 'bottom', x: 0, font: { size: 11 } },
      xaxis: axis,
      // Not on the horizontal axis, which may hold years.
      yaxis: { ...axis, separatethousands: true },
      bargap: 0.15,
    },
  }
}
