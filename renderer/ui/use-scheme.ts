import { useComputedColorScheme } from '@mantine/core'
import type { Scheme } from '../theme.ts'

/** The scheme in force, the system's where the user follows it. */
export function useScheme(): Scheme {
  return useComputedColorScheme('light', { getInitialValueInEffect: false })
}
