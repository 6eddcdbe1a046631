import { html } from './svg.ts'

/** Shows one of several things by a list to choose from. */
export function chooser(names: readonly string[], label: string, draw: (index: number) => Node): HTMLElement {
  const place = html('div', {})
  const select = html(
    'select',
    { 'aria-label': label },
    ...names.map((name, i) => html('option', { value: i }, name)),
  )
  select.addEventListener('change', () => place.replaceChildren(draw(Number(select.value))))
  if (names.length > 0) place.append(draw(0))
  return html('div', {}, html('div', { class: 'row' }, html('label', {}, label, select)), place)
}
