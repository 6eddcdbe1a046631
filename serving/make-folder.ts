import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder as makeFolderIn } from '../shared/make-folder.ts'

/** Makes a folder and those above it that are missing. @throws what the system says of one that it does not make */
export const makeFolder = (path: string): Promise<void> => makeFolderIn(path, { stat, mkdir, dirname })
