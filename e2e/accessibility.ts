import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/**
 * Broken accessibility rules, each with the first places that break it. What a page is made of is the same in both
 * themes: in the dark one its colours alone are looked at.
 */
export async function brokenRules(page: Page, scheme: 'light' | 'dark'): Promise<string[]> {
  // Monaco and Plotly draw their own; what is around them is ours. Legacy mode leaves out frames, which
  // hold users' own HTML, and the page that all frames' results are gathered in, which takes as long as the rules.
  const axe = new AxeBuilder({ page })
    .exclude('.monaco-editor')
    .exclude('.js-plotly-plot')
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
  const { violations } = await (scheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze()
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map((node) => node.target.join(' '))
        .slice(0, 3)
        .join(' | ')}`,
  )
}

/** What is open at the moment breaks no accessibility rule, in either theme. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect.soft(await brokenRules(page, colorScheme), `${what}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
}
