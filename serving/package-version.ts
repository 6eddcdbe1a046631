/** Set when the serving file is built (`define` of esbuild); the sources run as version 0.0.0. */
declare const SLIPWAY_VERSION: string | undefined

export const slipwayVersion: string = typeof SLIPWAY_VERSION === 'string' ? SLIPWAY_VERSION : '0.0.0'
