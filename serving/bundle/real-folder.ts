import { realpath } from 'node:fs/promises'

/**
 * The folder itself where the path leads to it over a link: a link that is moved later must not move what serves.
 * A path that leads nowhere stays, and is refused by name when it is read.
 */
export const realFolder = (path: string): Promise<string> => realpath(path).catch(() => path)
