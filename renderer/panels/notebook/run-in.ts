import { noticeFailure } from '../../shell/notice.ts'
import type { NotebookSession, RunWhat } from './session.ts'

/** Runs, and says at the corner when the engine refuses. */
export function runIn(session: NotebookSession, what: RunWhat): void {
  session.run(what).catch((error) => noticeFailure('Running', error))
}
