const mostCharacters = 80

const short = (key: string): string =>
  key.length > mostCharacters ? `${key.slice(0, mostCharacters)}…` : key

/** `model.layers[1]`: the one way in which messages write a place in a value. Keys may be the user's, and as long. */
export function pathText(keys: readonly PropertyKey[]): string {
  let path = ''
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`
    else path += path === '' ? short(String(key)) : `.${short(String(key))}`
  }
  return path
}
