import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Target } from '../../../../shared/bundle/manifest.ts'
import type { PackageEvent } from '../../../../shared/contract/bundles.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { api, engine, failureOf } from '../../../client.ts'
import { type PackageProgress, packageEnded, packageProgress, packageStarted } from './package-progress.ts'

export interface Packaging {
  /** Null before the first start. */
  readonly progress: PackageProgress | null
  /** What `progress` is of. A bundle that is there already is verified, not written a second time. */
  readonly work: 'package' | 'verify'
  readonly startPackage: (target: Target) => void
  readonly startVerify: (path: string) => void
  /** Forgets what was last packaged or verified, unless it still runs. */
  readonly clear: () => void
  /** Stops it; what packaging had written is removed by the engine. */
  readonly cancel: () => void
}

type Open = (signal: AbortSignal) => Promise<AsyncIterable<PackageEvent>>

/** Packages or verifies one version, keeping the progress for as long as the tab lives; closing the tab cancels. */
export function usePackaging(version: VersionRef): Packaging {
  const queries = useQueryClient()
  const [progress, setProgress] = useState<PackageProgress | null>(null)
  const [work, setWork] = useState<Packaging['work']>('package')
  const running = useRef<AbortController | null>(null)
  const { name, version: number } = version

  const cancel = useCallback(() => {
    running.current?.abort()
    running.current = null
    setProgress((state) => state && packageEnded(state, { type: 'cancelled' }))
  }, [])

  const run = useCallback(
    async (kind: Packaging['work'], open: Open) => {
      if (running.current !== null) return
      const controller = new AbortController()
      running.current = controller
      setWork(kind)
      setProgress(packageStarted)
      try {
        for await (const event of await open(controller.signal)) {
          if (controller.signal.aborted) return
          setProgress((state) => packageProgress(state ?? packageStarted, event))
        }
        throw new Error('The engine ended without a report.')
      } catch (error) {
        if (controller.signal.aborted) return
        const failure = failureOf(error)
        // After the report nothing is left to fail: `packageEnded` keeps an outcome that is there.
        setProgress((state) => state && packageEnded(state, { type: 'failed', failure }))
      } finally {
        if (running.current === controller) running.current = null
        await queries.invalidateQueries({ queryKey: api.bundles.key() })
      }
    },
    [queries],
  )

  const startPackage = useCallback(
    (target: Target) =>
      void run('package', (signal) => engine.bundles.package({ name, version: number, target }, { signal })),
    [run, name, number],
  )
  const startVerify = useCallback(
    (path: string) => void run('verify', (signal) => engine.bundles.verify({ path }, { signal })),
    [run],
  )

  const clear = useCallback(() => {
    if (running.current === null) setProgress(null)
  }, [])

  useEffect(
    () => () => {
      running.current?.abort()
      running.current = null
    },
    [],
  )

  return { progress, work, startPackage, startVerify, clear, cancel }
}
