import {fileURLToPath} from 'node:url'

/** The package's folder, without a slash at the end. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
