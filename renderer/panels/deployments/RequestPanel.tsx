import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, Send } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Deployment } from '../../../shared/contract/deployments.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { api } from '../../client.ts'
import { Panel } from '../../ui/Panel.tsx'
import { type FormValues, rowFromValues, valuesFromRow } from './form-values.ts'
import { RequestField } from './RequestField.tsx'
import { ResponseView } from './ResponseView.tsx'
import { SnippetTabs } from './SnippetTabs.tsx'
import type { RequestRow } from './snippets.ts'

/** A request made from the signature, prefilled with a recorded row; beside it the answer and the same call as code. */
export function RequestPanel(props: {
  readonly deployment: Deployment
  readonly signature: Signature
  readonly examples: readonly RequestRow[]
  /** Whether the endpoint asks for a token. */
  readonly token: boolean
}) {
  const { deployment, signature, examples } = props
  const [recorded, setRecorded] = useState(0)
  const [values, setValues] = useState<FormValues>(() => valuesFromRow(signature, examples[0] ?? {}))
  const { row, problems, remarks } = useMemo(() => rowFromValues(signature, values), [signature, values])
  const request = useMutation(api.deployments.request.mutationOptions())
  const wrong = Object.keys(problems).length
  const inactive = deployment.state !== 'ACTIVE'

  const show = (index: number) => {
    const place = (index + examples.length) % examples.length
    setRecorded(place)
    setValues(valuesFromRow(signature, examples[place] ?? {}))
  }

  return (
    <div className="sw-deploy-try">
      <Panel
        title="Request"
        actions={
          examples.length > 1 && (
            <div className="sw-deploy-row">
              <Button
                size="compact-xs"
                variant="default"
                aria-label="Previous recorded row"
                onClick={() => show(recorded - 1)}
              >
                <ChevronLeft size={14} />
              </Button>
              <span className="sw-deploy-figure">
                recorded row {recorded + 1} of {examples.length}
              </span>
              <Button
                size="compact-xs"
                variant="default"
                aria-label="Next recorded row"
                onClick={() => show(recorded + 1)}
              >
                <ChevronRight size={14} />
              </Button>
            </div>
          )
        }
      >
        <form
          aria-label={`Request to ${deployment.name}`}
          onSubmit={(event) => {
            event.preventDefault()
            if (wrong === 0 && !inactive) request.mutate({ name: deployment.name, rows: [row] })
          }}
        >
          <div className="sw-deploy-fields">
            {signature.inputs.map((column) => (
              <RequestField
                key={column.name}
                column={column}
                value={values[column.name] ?? { text: '', absent: true }}
                problem={problems[column.name]}
                remark={remarks[column.name]}
                onChange={(value) => setValues({ ...values, [column.name]: value })}
              />
            ))}
          </div>
          <div className="sw-deploy-send">
            <Button
              type="submit"
              leftSection={<Send size={14} />}
              loading={request.isPending}
              disabled={wrong > 0 || inactive}
            >
              Send request
            </Button>
            {wrong > 0 && (
              <span className="sw-deploy-problem">
                {wrong === 1 ? '1 value needs' : `${wrong} values need`} correcting first.
              </span>
            )}
            {wrong === 0 && inactive && (
              <span className="sw-muted">Switch the deployment on to send requests.</span>
            )}
          </div>
        </form>
      </Panel>
      <div className="sw-deploy-beside">
        <ResponseView
          answer={request.data}
          error={request.error}
          pending={request.isPending}
          target={signature.target.name}
        />
        <SnippetTabs endpoint={deployment.endpoint} row={row} token={props.token} />
      </div>
    </div>
  )
}
