/**
 * The Content-Security-Policy of the window, in the browser and under `app://`.
 * No `unsafe-eval`: Monaco and the strict Plotly bundle do without. Inline styles are what both of them write.
 *
 * @param connect where the page may connect besides its own origin, such as `ws://127.0.0.1:4173`
 */
export function contentSecurityPolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "worker-src 'self' blob:",
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
