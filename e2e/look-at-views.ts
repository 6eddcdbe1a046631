import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { brokenRules } from './accessibility.ts'
import { rail } from './areas.ts'
import { type Engine, expect, test } from './workbench.ts'

/** Where the pictures of all views land. */
export const pictures = resolve(import.meta.dirname, '../test-results/pictures')

type Scheme = 'light' | 'dark'

/**
 * Tests that open views one after the other, in both themes and at both sizes: nothing is wider than the window, no
 * accessibility rule is broken, and a picture of each is left.
 *
 * @param views how to get to each from the one before, by the names of their pictures
 * @param then what else to do with a view that is open
 */
export function lookAtViews(
  title: string,
  views: Readonly<Record<string, (page: Page) => Promise<void>>>,
  engine: () => Engine,
  then: (page: Page, view: string, scheme: Scheme, width: number) => Promise<void> = async () => {},
): void {
  for (const scheme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1280, 720],
      [1600, 1000],
    ] as const) {
      test(`${title}, ${scheme}, ${width}×${height}`, async ({ page }) => {
        test.setTimeout(360_000)
        await page.setViewportSize({ width, height })
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        const failures: string[] = []
        page.on('pageerror', (error) => failures.push(error.message))
        const { url, folder } = engine()
        await page.goto(url)
        const start = page.getByRole('button', { name: /churn/ }).filter({ hasText: folder })
        await expect(start.first().or(rail(page, 'Files'))).toBeVisible()
        if (await start.first().isVisible()) await start.first().click()
        for (const [name, open] of Object.entries(views)) {
          await open(page)
          // Charts and fonts settle; nothing else here waits for time to pass.
          await page.mouse.move(width / 2, 0)
          await page.waitForTimeout(250)
          await page.screenshot({ path: join(pictures, `${name}-${scheme}-${width}.png`) })
          await then(page, name, scheme, width)
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
          expect(wide, `${name} is wider than the window`).toBeLessThanOrEqual(0)
          // Accessibility is a matter of the theme, not of the size.
          if (width !== 1280) continue
          expect.soft(await brokenRules(page, scheme), name).toEqual([])
        }
        expect(failures).toEqual([])
      })
    }
  }
}
