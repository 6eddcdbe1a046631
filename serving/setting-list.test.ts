import { expect, test } from 'vitest'
import {
  decidedVariables,
  deploymentSettings,
  deploymentVariables,
} from '../shared/bundle/deployment-settings.ts'
import { readSettings } from './read-settings.ts'
import { settingList } from './setting-list.ts'

test('every setting is one that a deployment may be given, or one that it decides by itself', () => {
  const variables = settingList.map(({ variable }) => variable)
  expect([...deploymentVariables, ...decidedVariables].toSorted()).toEqual(variables.toSorted())
})

/** Catches a default that changes here while whoever sets it is still told the former one. */
test('what is told as the usual value is what the server does without one', () => {
  const without = readSettings(new Map(), {}, '/bundle')
  for (const variable of deploymentVariables) {
    const { usual } = deploymentSettings[variable]
    expect([variable, readSettings(new Map(), { [variable]: usual }, '/bundle')]).toEqual([variable, without])
  }
})
