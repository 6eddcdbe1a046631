type Transition = 'CREATING' | 'UPDATING'

/** What is being done to deployments right now, by us. */
export interface Transitions {
  of(name: string): Transition | null
  /** Shows the state while the action runs. */
  during<T>(name: string, state: Transition, action: () => Promise<T>): Promise<T>
}

export function createTransitions(onChange: () => void): Transitions {
  const current = new Map<string, Transition>()
  return {
    of: (name) => current.get(name) ?? null,
    async during(name, state, action) {
      current.set(name, state)
      onChange()
      try {
        return await action()
      } finally {
        current.delete(name)
        onChange()
      }
    },
  }
}
