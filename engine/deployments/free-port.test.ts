import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { findFreePort, firstPortOf, portIsFree } from './free-port.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  servers.length = 0
})

async function occupy(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  servers.push(server)
}

describe('the port of a new endpoint', () => {
  it('is looked for from a place of its own in each workspace, the same one every time', () => {
    const first = Array.from({ length: 50 }, (_, i) => firstPortOf(`/home/ada/project-${i}`))
    expect(first).toEqual(Array.from({ length: 50 }, (_, i) => firstPortOf(`/home/ada/project-${i}`)))
    expect(new Set(first).size).toBeGreaterThan(30)
    for (const port of first) {
      expect(port).toBeGreaterThanOrEqual(8101)
      expect(port).toBeLessThanOrEqual(9091)
    }
  })

  it('is neither one in use nor one of another deployment, and those at the end are followed by the first', async () => {
    const last = await findFreePort(9100, new Set())
    expect(await portIsFree(last)).toBe(true)
    await occupy(last)
    const next = await findFreePort(last, new Set())
    expect(next).not.toBe(last)
    const other = await findFreePort(last, new Set([next]))
    expect([last, next]).not.toContain(other)
    for (const port of [next, other]) {
      expect(port).toBeGreaterThanOrEqual(8101)
      expect(port).toBeLessThanOrEqual(9100)
    }
  })

  it('is refused where all of them are taken', async () => {
    const all = new Set(Array.from({ length: 1000 }, (_, i) => 8101 + i))
    await expect(findFreePort(8101, all)).rejects.toThrow('No port from 8101 to 9100 is free.')
  })
})
