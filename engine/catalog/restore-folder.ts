/** What to do about a file of a model version that is not as it was written. */
export const restoreFolder = (folder: string): string => `Restore the folder ${folder} from a copy.`
