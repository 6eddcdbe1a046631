import type { Task } from '../../../shared/signature/signature.ts'

export const taskNames: Record<Task, string> = {
  binary: 'Binary',
  multiclass: 'Multiclass',
  regression: 'Regression',
}
