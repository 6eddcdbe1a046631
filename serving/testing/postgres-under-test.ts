import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import { join } from 'node:path'

export interface PostgresUnderTest {
  url: string
  stop(): Promise<void>
}

/** Where PostgreSQL's programs are: on the PATH, or where Debian and Homebrew put them. */
function programs(): string | null {
  const installed = ['/usr/lib/postgresql', '/opt/homebrew/opt'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, 'bin')) : [],
  )
  const folders = [...installed.sort().reverse(), ...(process.env.PATH ?? '').split(':')]
  return (
    folders.find((folder) =>
      ['initdb', 'postgres', 'pg_ctl'].every((name) => existsSync(join(folder, name))),
    ) ?? null
  )
}

/** PostgreSQL refuses to run as root: an account without rights takes its place. */
function account(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => {
    for (const name of ['postgres', 'nobody']) {
      const found = spawnSync('id', [flag, name], { encoding: 'utf8' })
      if (found.status === 0) return Number(found.stdout)
    }
    return 65_534
  }
  return { uid: id('-u'), gid: id('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Starts a cluster of its own, without any other's data; null where PostgreSQL is not installed. */
export async function postgresUnderTest(): Promise<PostgresUnderTest | null> {
  const bin = programs()
  if (bin === null) return null
  const folder = await mkdtemp(join(os.tmpdir(), 'slipway-postgres-'))
  const as = account()
  if (as !== null) await chown(folder, as.uid, as.gid)
  await chmod(folder, 0o700)
  const data = join(folder, 'data')
  const run = (name: string, words: readonly string[]) => {
    const done = spawnSync(join(bin, name), words, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C' },
      ...(as ?? {}),
    })
    if (done.status !== 0) throw new Error(`${name} ended with ${done.status}: ${done.stderr}`)
  }
  const port = await freePort()
  run('initdb', ['-D', data, '-U', 'slipway', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c shared_buffers=16MB`
  run('pg_ctl', ['-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', options, 'start'])
  return {
    url: `postgres://slipway@127.0.0.1:${port}/postgres`,
    async stop() {
      run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop'])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
