import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../client.ts'

/** Changes what may change about a version, and reads it again. */
export function useEditVersion(onDone: () => void = () => {}) {
  const queries = useQueryClient()
  return useMutation(
    api.models.edit.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: api.models.key() })
        onDone()
      },
    }),
  )
}
