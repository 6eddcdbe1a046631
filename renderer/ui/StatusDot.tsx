export type DotState = 'idle' | 'queued' | 'running' | 'done' | 'stale' | 'failed' | 'disabled' | 'warning'

/** A state by colour and by shape, so that neither alone has to carry it. */
export function StatusDot(props: { readonly state: DotState; readonly label?: string }) {
  const { state, label } = props
  const look = { className: `sw-dot sw-dot-${state}`, width: 10, height: 10, viewBox: '0 0 10 10' }
  if (label === undefined) {
    return (
      <svg {...look} aria-hidden="true">
        <Shape state={state} />
      </svg>
    )
  }
  return (
    <svg {...look} role="img" aria-label={label}>
      <title>{label}</title>
      <Shape state={state} />
    </svg>
  )
}

function Shape({ state }: { readonly state: DotState }) {
  switch (state) {
    case 'idle':
      return <circle cx={5} cy={5} r={3.5} fill="none" stroke="currentColor" strokeWidth={1.2} />
    case 'queued':
      return (
        <circle
          cx={5}
          cy={5}
          r={3.5}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.5}
          strokeDasharray="2 1.6"
        />
      )
    case 'running':
      return <path d="M2.5 1.2 8.8 5 2.5 8.8Z" fill="currentColor" />
    case 'done':
      return <circle cx={5} cy={5} r={4} fill="currentColor" />
    case 'stale':
      return (
        <>
          <circle cx={5} cy={5} r={3.8} fill="none" stroke="currentColor" strokeWidth={1.2} />
          <path d="M5 1.2a3.8 3.8 0 0 1 0 7.6Z" fill="currentColor" />
        </>
      )
    case 'warning':
      return <path d="M5 0.8 9.4 9H0.6Z" fill="currentColor" />
    case 'failed':
      return (
        <path
          d="M1.8 1.8 8.2 8.2M8.2 1.8 1.8 8.2"
          stroke="currentColor"
          strokeWidth={2.2}
          strokeLinecap="round"
        />
      )
    case 'disabled':
      return <path d="M1.5 5H8.5" stroke="currentColor" strokeWidth={2} strokeLinecap="round" />
  }
}
