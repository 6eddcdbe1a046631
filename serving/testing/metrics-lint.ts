/**
 * What `promtool check metrics` says against a page of metrics, by the rules of its `promlint`, so that they hold where
 * there is no promtool; and what a reader of the exposition format 0.0.4 refuses. A test runs promtool itself beside it.
 */
const baseUnits = new Set('amperes bytes celsius grams joules kelvin meters metres seconds volts'.split(' '))
const otherUnits = new Map(
  Object.entries({
    seconds: 'minutes hours days weeks',
    kelvin: 'kelvins',
    celsius: 'fahrenheit rankine',
    meters: 'inches yards miles',
    bytes: 'bits',
    joules: 'calories',
    grams: 'pounds ounces',
  }).flatMap(([base, units]) => units.split(' ').map((unit) => [unit, base] as const)),
)
const prefix =
  /^(pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)/
const abbreviations = new Set('s ms us ns sec b kb mb gb tb pb m h d'.split(' '))
const types = ['counter', 'gauge', 'summary', 'histogram', 'gauge_histogram'] as const
const camelCase = /[a-z][A-Z]/

interface Family {
  name: string
  type: string
  help: string | null
  labels: Set<string>
}

function unitProblems(name: string): string[] {
  for (const word of name.split('_')) {
    const unit = baseUnits.has(word) || otherUnits.has(word) ? word : word.replace(prefix, '')
    const base = baseUnits.has(unit) ? unit : otherUnits.get(unit)
    if (base !== undefined) return base === word ? [] : [`should be in ${base}, not ${word}`]
  }
  return []
}

function lintFamily({ name, type, help, labels }: Family): string[] {
  const lower = name.toLowerCase()
  const [, ...after] = lower.split('_')
  const within = (word: string) => `${lower}_`.includes(`_${word}_`)
  const counted = type === 'histogram' || type === 'summary'
  return [
    ...(help ? [] : ['has no help']),
    ...unitProblems(name),
    ...(type === 'counter' && !name.endsWith('_total') ? ['is a counter that does not end in _total'] : []),
    ...(type !== 'counter' && name.endsWith('_total') ? ['ends in _total but is no counter'] : []),
    ...(type !== 'histogram' && name.endsWith('_bucket') ? ['ends in _bucket but is no histogram'] : []),
    ...(counted ? [] : ['_count', '_sum'].filter((end) => name.endsWith(end)).map((end) => `ends in ${end}`)),
    ...(type !== 'histogram' && labels.has('le') ? ['has the label le but is no histogram'] : []),
    ...(type !== 'summary' && labels.has('quantile') ? ['has the label quantile but is no summary'] : []),
    ...types.filter(within).map((word) => `has its type, ${word}, in its name`),
    ...(name.includes(':') ? ['has a colon in its name'] : []),
    ...[name, ...labels].filter((word) => camelCase.test(word)).map((word) => `writes ${word} in camel case`),
    ...after.filter((word) => abbreviations.has(word)).map((word) => `abbreviates a unit, ${word}`),
  ]
}

const endings: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}
const labelPart = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/
const labelText = new RegExp(`^(?:${labelPart.source}(?:,(?!$)|$))*$`)
// Values are read by Go's ParseFloat, which does not mind case: prom-client writes Nan.
const sampleLine = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (nan|[-+]?inf|[-+]?[\d.]+(?:e[-+]?\d+)?)$/i

/** One line for each thing wrong with Prometheus text; none where promtool would be silent. */
export function lintMetrics(text: string): string[] {
  const problems: string[] = text.endsWith('\n') ? [] : ['The last line does not end.']
  const families = new Map<string, Family>()
  const series = new Set<string>()
  let help: { name: string; text: string } | null = null
  let family: Family | null = null
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, comment, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
    if (comment === 'HELP') {
      help = { name, text: rest }
    } else if (comment === 'TYPE') {
      if (families.has(name)) problems.push(`${name} is announced twice.`)
      family = { name, type: rest, help: help?.name === name ? help.text : null, labels: new Set() }
      families.set(name, family)
    } else if (!line.startsWith('#')) {
      const [, full = '', inside = ''] = sampleLine.exec(line) ?? []
      const ends = family ? (endings[family.type] ?? ['']) : []
      if (full === '' || !labelText.test(inside)) problems.push(`No sample is written so: ${line}`)
      else if (family === null || !ends.some((end) => full === `${family?.name}${end}`))
        problems.push(`${full} follows no TYPE of its own.`)
      else {
        const own = full.endsWith('_bucket') && family.type === 'histogram' ? 'le' : null
        const labels = [...inside.matchAll(new RegExp(labelPart, 'g'))].map(([, label = '']) => label)
        for (const label of labels) if (label !== own) family.labels.add(label)
        const key = line.slice(0, line.lastIndexOf(' '))
        if (series.has(key)) problems.push(`${key} is there twice.`)
        series.add(key)
      }
    }
  }
  for (const one of families.values())
    problems.push(...lintFamily(one).map((problem) => `${one.name} ${problem}.`))
  return problems
}
