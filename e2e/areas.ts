import { expect, type Page } from '@playwright/test'

/** A button of the rail, by its area's name. */
export const rail = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first()

/** Opens an area's list; a click on an open one would fold it away. */
export async function openArea(page: Page, name: string): Promise<void> {
  if ((await rail(page, name).getAttribute('aria-pressed')) !== 'true') await rail(page, name).click()
  await expect(page.getByRole('region', { name, exact: true })).toBeVisible()
}
