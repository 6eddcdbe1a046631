import { expect, test } from './workbench.ts'

/** The main job in the window: notebook → model → bundle → deployment → monitoring. */
test('a customer model goes from the notebook to a monitored deployment', async ({ workbench: page }) => {
  test.setTimeout(240_000)

  await test.step('the workspace shows its files', async () => {
    await expect(page.getByRole('button', { name: 'telco_churn.csv', exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'churn.ipynb', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Which customers are about to leave?' })).toBeVisible()
  })

  await test.step('running everything trains a model, with tables, a chart and a result card', async () => {
    await page.getByRole('button', { name: 'Run all' }).click()
    await expect(page.locator('[data-cell="train-churn"]')).toHaveAttribute('data-status', 'done', {
      timeout: 60_000,
    })
    const table = page.locator('[data-cell="customers"]')
    await table.scrollIntoViewIfNeeded()
    await expect(table.getByText('7,043 rows').first()).toBeVisible()
    await expect(table.getByRole('cell').first()).toBeVisible()
    const chart = page.locator('[data-cell="contract-chart"]')
    await chart.scrollIntoViewIfNeeded()
    await expect(chart.locator('.plot-container')).toBeVisible()
    const train = page.locator('[data-cell="train-churn"]')
    await train.scrollIntoViewIfNeeded()
    await expect(train.getByText('0.848')).toBeVisible()
  })

  await test.step('relations are listed with their columns and row counts', async () => {
    await page.getByRole('button', { name: 'Data', exact: true }).click()
    const list = page.getByRole('region', { name: 'Data' })
    await expect(list.getByRole('button', { name: 'left_by_contract', exact: false }).last()).toBeVisible()
    await expect(list.getByText('7,043').first()).toBeVisible()
  })

  await test.step('the version is in the catalog with metrics, signature and provenance', async () => {
    await page.getByRole('button', { name: 'Models', exact: true }).click()
    await page.getByRole('region', { name: 'Models' }).getByText('v1', { exact: true }).click()
    await expect(page.getByRole('tab', { name: 'Provenance' })).toBeVisible()
    await page.getByRole('tab', { name: 'Signature' }).click()
    await expect(page.getByRole('cell', { name: 'monthly_charges' }).first()).toBeVisible()
    await page.getByRole('tab', { name: 'Provenance' }).click()
    await expect(page.getByText('churn.ipynb').last()).toBeVisible()
  })

  await test.step('packaging shows each check pass, and ends with Deploy', async () => {
    await page.getByRole('button', { name: 'Package', exact: true }).click()
    const sheet = page.getByRole('dialog')
    await expect(sheet.getByRole('list', { name: 'Checks' }).getByRole('listitem')).toHaveCount(15, {
      timeout: 60_000,
    })
    const deploy = sheet.getByRole('button', { name: 'Deploy' })
    await expect(deploy).toBeEnabled({ timeout: 60_000 })
    await deploy.click()
    await expect(page.getByRole('form', { name: 'Request to churn' })).toBeVisible({ timeout: 30_000 })
  })

  const endpoint =
    await test.step('a request from the form is answered, and so is the shown curl command', async () => {
      await page.getByRole('button', { name: 'Send request' }).click()
      await expect(page.getByLabel('Probabilities')).toBeVisible()
      const curl = page.locator('pre, code').filter({ hasText: 'curl' }).first()
      await expect(curl).toContainText('/predict')
      const text = await page
        .locator('code')
        .filter({ hasText: /^http:\/\/127\.0\.0\.1:\d+$/ })
        .first()
        .textContent()
      return text ?? ''
    })

  await test.step('monitoring shows the traffic and the drift of every feature', async () => {
    const document = (await (await fetch(`${endpoint}/openapi.json`)).json()) as {
      paths: Record<
        string,
        { post: { requestBody: { content: Record<string, { example: { data: object[] } }> } } }
      >
    }
    const example = document.paths['/predict']?.post.requestBody.content['application/json']?.example
    for (let sent = 0; sent < 300; sent++) {
      const answer = await fetch(`${endpoint}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(example),
      })
      expect(answer.status).toBe(200)
    }
    await page.getByRole('button', { name: 'Monitoring', exact: true }).last().click()
    const totals = page.getByRole('region', { name: /^Totals of the last/ })
    await expect(totals).toContainText('301', { timeout: 20_000 })
    await expect(page.locator('.plot-container')).not.toHaveCount(0)
    // One customer over and over is as far from the training data as it gets.
    await expect(page.getByText('tenure').first()).toBeVisible()
  })

  await test.step('deactivating stops the endpoint, activating brings it back at the same address', async () => {
    await page.getByRole('button', { name: 'Deployment', exact: true }).click()
    const active = page.getByRole('switch', { name: 'churn is active' })
    const status = () =>
      fetch(`${endpoint}/ping`).then(
        (answer) => answer.status,
        () => 'unreachable',
      )
    await active.click({ force: true })
    await expect.poll(status, { timeout: 20_000 }).toBe('unreachable')
    await expect(active).not.toBeChecked()
    await expect(active).toBeEnabled()
    await active.click({ force: true })
    await expect.poll(status, { timeout: 20_000 }).toBe(200)
    await expect(active).toBeChecked()
    await page.getByRole('button', { name: 'Remove churn' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .click()
    await expect(page.getByText('The deployment churn was removed.')).toBeVisible()
  })
})
