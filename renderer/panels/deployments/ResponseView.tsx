import { CopyButton } from '../../ui/CopyButton.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatDuration, formatNumber, formatShare } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { type Prediction, readPrediction } from './prediction.ts'

interface Answer {
  readonly status: number
  readonly ms: number
  readonly body: unknown
}

/** What came back: the prediction, how sure the model is, how long it took, and the body as it was. */
export function ResponseView(props: {
  readonly answer: Answer | undefined
  readonly error: unknown
  readonly pending: boolean
  readonly target: string
}) {
  const { answer, error, pending, target } = props
  return (
    <Panel
      title="Response"
      actions={
        answer !== undefined && (
          <span className="sw-deploy-figure" data-dim={pending || undefined}>
            status {answer.status} · {formatDuration(answer.ms)}
          </span>
        )
      }
    >
      <div aria-live="polite" data-dim={pending || undefined} className="sw-deploy-response">
        {error !== null && error !== undefined ? (
          <ErrorNote error={error} />
        ) : answer === undefined ? (
          <p className="sw-muted">Send the request to see the prediction here.</p>
        ) : (
          <>
            <PredictionView prediction={readPrediction(answer.status, answer.body)} target={target} />
            <Raw body={answer.body} />
          </>
        )}
      </div>
    </Panel>
  )
}

function PredictionView(props: { readonly prediction: Prediction; readonly target: string }) {
  const { prediction, target } = props
  switch (prediction.type) {
    case 'answer': {
      const number = Number(prediction.label)
      const regression = prediction.probabilities.length === 0 && Number.isFinite(number)
      return (
        <>
          <p className="sw-deploy-prediction">
            <span className="sw-muted">{target}</span>
            <strong title={prediction.label}>
              {regression ? formatNumber(number, 5) : prediction.label}
            </strong>
          </p>
          {prediction.probabilities.length > 0 && (
            <ul className="sw-deploy-bars" aria-label="Probabilities">
              {prediction.probabilities.slice(0, 12).map(({ label, p }) => (
                <li key={label}>
                  <span className="sw-deploy-bar-label" title={label}>
                    {label}
                  </span>
                  <span className="sw-deploy-bar" aria-hidden>
                    <span style={{ width: `${p * 100}%` }} />
                  </span>
                  <span className="sw-deploy-bar-value">{formatShare(p)}</span>
                </li>
              ))}
            </ul>
          )}
        </>
      )
    }
    case 'refused':
      return (
        <ErrorNote
          content={{
            message: prediction.message,
            whatToDo:
              prediction.fields.length > 0
                ? prediction.fields.join('\n')
                : 'Correct the request and send it again.',
          }}
        />
      )
    case 'unreadable':
      return (
        <ErrorNote
          content={{
            message: 'The endpoint answered with something that is not a prediction.',
            whatToDo: 'Look at the body below, and at the log.',
          }}
        />
      )
  }
}

function Raw(props: { readonly body: unknown }) {
  const text = typeof props.body === 'string' ? props.body : JSON.stringify(props.body, null, 2)
  return (
    <details className="sw-deploy-raw">
      <summary>Body as it came</summary>
      <div className="sw-deploy-codebox">
        <CopyButton text={text} label="Copy the body" />
        <pre>{text}</pre>
      </div>
    </details>
  )
}
