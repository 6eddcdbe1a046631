// One prediction with the platform's fetch. Usage: node predict.mjs [endpoint]
const rows = {{rows}}

/** Scores rows; the answer has prediction, probabilities (classifiers), ids and model. */
export async function predict(rows, endpoint = 'http://127.0.0.1:8080', token = globalThis.process?.env.SLIPWAY_TOKEN) {
  const response = await fetch(`${endpoint}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ data: rows }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error?.message ?? `status ${response.status}`)
  return answer
}

console.log(JSON.stringify(await predict(rows, globalThis.process?.argv[2]), null, 2))
