import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { VersionRef } from '../../../shared/contract/models.ts'
import { api, engine, failureOf } from '../../client.ts'
import { type PackageProgress, packageEnded, packageProgress, packageStarted } from './package-progress.ts'

export interface Packaging {
  /** Null before the first start. */
  readonly progress: PackageProgress | null
  readonly start: () => void
  /** Stops it; the engine removes what was written. */
  readonly cancel: () => void
}

/** Packages one version, keeping its progress for as long as the tab lives; closing the tab cancels. */
export function usePackaging(version: VersionRef): Packaging {
  const queries = useQueryClient()
  const [progress, setProgress] = useState<PackageProgress | null>(null)
  const running = useRef<AbortController | null>(null)
  const { name, version: number } = version

  const cancel = useCallback(() => {
    running.current?.abort()
    running.current = null
    setProgress((state) => (state === null ? null : packageEnded(state, { type: 'cancelled' })))
  }, [])

  const start = useCallback(async () => {
    if (running.current !== null) return
    const controller = new AbortController()
    running.current = controller
    setProgress(packageStarted)
    try {
      const events = await engine.bundles.package({ name, version: number }, { signal: controller.signal })
      for await (const event of events) {
        if (controller.signal.aborted) break
        setProgress((state) => packageProgress(state ?? packageStarted, event))
      }
      if (!controller.signal.aborted) {
        const failure = failureOf(new Error('Packaging ended without a report.'))
        setProgress((state) => state && packageEnded(state, { type: 'failed', failure }))
      }
    } catch (error) {
      if (!controller.signal.aborted) {
        const failure = failureOf(error)
        setProgress((state) => state && packageEnded(state, { type: 'failed', failure }))
      }
    } finally {
      if (running.current === controller) running.current = null
      await queries.invalidateQueries({ queryKey: api.bundles.key() })
    }
  }, [name, number, queries])

  useEffect(
    () => () => {
      running.current?.abort()
      running.current = null
    },
    [],
  )

  return { progress, start: () => void start(), cancel }
}
