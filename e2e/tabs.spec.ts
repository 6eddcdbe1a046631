import { expect, test } from './workbench.ts'

test('tabs that do not fit are in a list, and one that is chosen there comes to the front', async ({
  workbench: page,
}) => {
  await page.setViewportSize({ width: 1024, height: 640 })
  const notebooks = ['churn', 'features', 'models', 'search', 'transforms'].map((name) => `${name}.ipynb`)
  for (const name of notebooks) {
    await page.getByRole('button', { name, exact: true }).click()
    await expect(page.getByRole('tabpanel', { name })).toBeVisible()
  }
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await page.locator('.dv-tabs-overflow-dropdown-default').click()
  await page.locator('.dv-tabs-overflow-container').getByText('churn.ipynb').click()
  await expect(page.getByRole('tabpanel', { name: 'churn.ipynb' })).toBeVisible()
  await expect(page.locator('.dv-tabs-overflow-container')).toBeHidden()
})
