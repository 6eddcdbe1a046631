import type { NotebookEvent } from '../../shared/contract/notebook.ts'

/** Subscribers of one notebook. A slow one gets the newest state and outputs of each cell, not every one. */
export interface EventStream {
  send(event: NotebookEvent): void
  subscribe(first: NotebookEvent, signal?: AbortSignal): AsyncIterableIterator<NotebookEvent>
  end(): void
}

interface Subscriber {
  queue: NotebookEvent[]
  wake: (() => void) | null
  ended: boolean
}

function replaces(event: NotebookEvent, older: NotebookEvent): boolean {
  if (event.type === 'document') return true
  if (event.type !== older.type) return false
  return 'id' in event && 'id' in older ? event.id === older.id : true
}

export function createEventStream(): EventStream {
  const subscribers = new Set<Subscriber>()
  const push = (subscriber: Subscriber, event: NotebookEvent) => {
    subscriber.queue = subscriber.queue.filter((older) => !replaces(event, older))
    subscriber.queue.push(event)
    subscriber.wake?.()
  }
  const end = (subscriber: Subscriber) => {
    subscriber.ended = true
    subscribers.delete(subscriber)
    subscriber.wake?.()
  }
  return {
    send(event) {
      for (const subscriber of subscribers) push(subscriber, event)
    },
    subscribe(first, signal) {
      const subscriber: Subscriber = { queue: [first], wake: null, ended: false }
      subscribers.add(subscriber)
      signal?.addEventListener('abort', () => end(subscriber), { once: true })
      if (signal?.aborted) end(subscriber)
      return {
        [Symbol.asyncIterator]() {
          return this
        },
        async next() {
          for (;;) {
            const event = subscriber.queue.shift()
            if (event) return { done: false, value: event }
            if (subscriber.ended) return { done: true, value: undefined }
            await new Promise<void>((resolve) => {
              subscriber.wake = resolve
            })
            subscriber.wake = null
          }
        },
        async return() {
          subscriber.queue = []
          end(subscriber)
          return { done: true, value: undefined }
        },
      }
    },
    end() {
      for (const subscriber of [...subscribers]) end(subscriber)
    },
  }
}
