export type LoadKind = 'sql' | 'typescript'

/** A relation as it is written in SQL, quoted where its name asks for it: `schema.name` stays two names. */
function sqlName(relation: string): string {
  return relation
    .split('.')
    .map((part) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join('.')
}

/**
 * The code of a cell that scores a relation with a version, `churn@champion` or `churn:3`. Nothing is exported, so
 * that several such cells can stand in one notebook.
 */
export function loadSnippet(kind: LoadKind, reference: string, relation: string): string {
  if (kind === 'sql') return `select * from predict('${reference}', ${sqlName(relation)})`
  return [
    `const model = await catalog.load('${reference}')`,
    `const scored = await model.predict('${relation.replaceAll(/[\\']/g, '\\$&')}')`,
    'scored',
  ].join('\n')
}
