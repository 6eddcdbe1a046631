import type { CatalogEvent } from '../../../../shared/catalog/catalog-event.ts'
import { deployedAs } from '../../../../shared/catalog/deployed-role.ts'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { Time } from '../../../ui/Time.tsx'

const changeNames: Readonly<Record<string, string>> = {
  displayName: 'name',
  description: 'description',
  useCaseType: 'use case',
  card: 'card',
  addTags: 'tags',
  removeTags: 'tags',
  setFreeform: 'freeform tags',
  removeFreeform: 'freeform tags',
  setCustom: 'custom metadata',
  removeCustom: 'custom metadata',
}

function sentence({ event }: CatalogEvent, version: number): string {
  switch (event.type) {
    case 'alias':
      if (event.version === version) {
        return `Got the alias ${event.alias}${event.from === null ? '' : ` from version ${event.from}`}`
      }
      return event.version === null
        ? `Lost the alias ${event.alias}`
        : `Lost the alias ${event.alias} to version ${event.version}`
    case 'metadata': {
      const names = new Set(
        Object.entries(event.changes)
          .filter(([, value]) => !Array.isArray(value) || value.length > 0)
          .map(([key]) => changeNames[key] ?? key),
      )
      return `Edited: ${[...names].join(', ')}`
    }
    case 'tested': {
      const failed = event.tests.filter(({ status }) => status === 'Failed')
      return failed.length === 0
        ? 'Tested, none failed'
        : `Tested, failed: ${failed.map(({ name }) => name).join(', ')}`
    }
    case 'packaged':
      return `Packaged to ${event.path}`
    case 'deployed':
      return `Deployed as ${deployedAs(event)} at ${event.endpoint}`
    case 'undeployed':
      return `No longer deployed as ${deployedAs(event)}`
    case 'gates':
      return event.gates.length === 0
        ? 'Gates of the model removed'
        : `Gates of the model: ${event.gates.join(', ')}`
    case 'deleted':
      return 'Deleted'
  }
}

/** All that happened to the version, with who, when and why; newest first. */
export function HistoryTab(props: { readonly detail: ModelDetail }) {
  const { history, record } = props.detail
  return (
    <div className="sw-models-tab">
      <Panel title="History">
        <div className="sw-models-scroll">
          <table className="sw-table sw-models-table">
            <thead>
              <tr>
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                <th>Why</th>
              </tr>
            </thead>
            <tbody>
              {history.toReversed().map((event) => (
                <tr key={event.sequence}>
                  <td>
                    <Time at={event.at} />
                  </td>
                  <td>{event.by}</td>
                  <td>{sentence(event, record.version)}</td>
                  <td>{event.why === '' ? '–' : event.why}</td>
                </tr>
              ))}
              <tr>
                <td>
                  <Time at={record.created} />
                </td>
                <td>{record.author}</td>
                <td>{record.provenance.imported ? 'Imported' : 'Trained and registered'}</td>
                <td>–</td>
              </tr>
            </tbody>
          </table>
        </div>
      </Panel>
    </div>
  )
}
