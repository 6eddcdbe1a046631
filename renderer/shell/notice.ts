import { notifications } from '@mantine/notifications'
import { failureOf } from '../client.ts'

/** Says at the corner that something failed which has no place of its own to say so. */
export function noticeFailure(what: string, error: unknown): void {
  const failure = failureOf(error)
  notifications.show({
    title: what,
    message: `${failure.message} ${failure.whatToDo}`.trim(),
    color: 'red',
    autoClose: 12_000,
    withBorder: true,
  })
}

export function noticeDone(message: string): void {
  notifications.show({ message, autoClose: 4000, withBorder: true })
}
