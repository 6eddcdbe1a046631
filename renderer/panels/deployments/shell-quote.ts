/**
 * Quotes a word for a POSIX shell (IEEE Std 1003.1, section 2.2.2): inside single quotes every character
 * stands for itself but the single quote, which is closed, escaped and opened again.
 * Words of harmless characters are left bare.
 */
export function quoteForShell(word: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word)) return word
  return `'${word.replaceAll("'", "'\\''")}'`
}
