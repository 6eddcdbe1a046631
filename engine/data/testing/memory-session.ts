import { openDatabase, type Session } from '../database.ts'

/** A session of a database in memory; `close` ends both. */
export async function openMemorySession(): Promise<{ session: Session; close: () => void }> {
  const database = await openDatabase(':memory:', '.')
  const session = await database.session()
  return {
    session,
    close() {
      session.close()
      database.close()
    },
  }
}
