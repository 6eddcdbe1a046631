import type { MantineColorsTuple } from '@mantine/core'

/** The accent, from a tint of the background to a deep text colour. */
export const accentShades: MantineColorsTuple = [
  '#e6f2fa',
  '#cbe4f4',
  '#9fcdea',
  '#6fb4de',
  '#45a0d5',
  '#1f89c7',
  '#0072b2',
  '#005f96',
  '#004c78',
  '#003a5c',
]

/** Around `failed` of both schemes; white is read on the seventh, which fills buttons. */
export const redShades: MantineColorsTuple = [
  '#fdeee8',
  '#fbd9cc',
  '#f9b79d',
  '#ff8a5c',
  '#e8633a',
  '#d04a1c',
  '#b83200',
  '#9c2a00',
  '#7d2200',
  '#5e1900',
]

/** From text to the deepest background, so that Mantine's own dark parts have our greys. */
export const darkShades: MantineColorsTuple = [
  '#e3e6e9',
  '#a5aeb8',
  '#8f99a4',
  '#5c646d',
  '#444b54',
  '#2b3036',
  '#20242a',
  '#191c20',
  '#131518',
  '#0e1012',
]
