import { expect, test } from 'vitest'
import { decidedVariables, deploymentVariables, secretVariables } from '../shared/bundle/serving-variables.ts'
import { settingList } from './setting-list.ts'

test('every setting is one that a deployment may be given, or one that it decides by itself', () => {
  const variables = settingList.map(({ variable }) => variable)
  expect([...deploymentVariables, ...decidedVariables].toSorted()).toEqual(variables.toSorted())
  expect(deploymentVariables).toEqual(expect.arrayContaining([...secretVariables]))
})
