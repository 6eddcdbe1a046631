/** Runs actions under one name one after another, whether or not those before succeeded. */
export type InTurn = <T>(name: string, action: () => Promise<T>) => Promise<T>

export function createTurns(): InTurn {
  const turns = new Map<string, Promise<unknown>>()
  return (name, action) => {
    const mine = (turns.get(name) ?? Promise.resolve()).then(action, action)
    turns.set(name, mine)
    const done = () => {
      if (turns.get(name) === mine) turns.delete(name)
    }
    mine.then(done, done)
    return mine
  }
}
