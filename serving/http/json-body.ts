import { notJson } from './refusal.ts'

const byteOrderMark = '\uFEFF'

/**
 * Reads a body as JSON. One that begins with a byte order mark, as Windows PowerShell and .NET write it, is read without
 * it, as RFC 8259, section 8.1 allows. It is looked for only where the body cannot be read: others do not pay for it.
 *
 * @throws Refusal 400 for what is no JSON, 415 where its type says so
 */
export function jsonBody(text: string, contentType: string | undefined): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (!text.startsWith(byteOrderMark)) throw notJson(contentType, text)
  }
  const unmarked = text.slice(byteOrderMark.length)
  try {
    return JSON.parse(unmarked)
  } catch {
    throw notJson(contentType, unmarked)
  }
}
