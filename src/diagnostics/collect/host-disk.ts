import {statfs} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'
import {errnoCode} from '../../shared/errors.ts'
import type {Collector} from '../live-facts.ts'

/** Room on the file system of a folder, or of the nearest folder above it that is there. */
export const hostDisk: Collector<'host.disk'> = {
  kind: 'host.disk',
  timeoutMs: 3000,
  async collect(about) {
    if (about === '') return {state: 'absent', why: 'no folder is known'}
    for (let folder = resolve(about); ; folder = dirname(folder)) {
      try {
        const {bsize, blocks, bavail, files, ffree} = await statfs(folder)
        const value = {
          folder,
          totalBytes: blocks * bsize,
          freeBytes: bavail * bsize,
          totalInodes: files,
          freeInodes: ffree,
        }
        return {state: 'known', value}
      } catch (error) {
        const code = errnoCode(error)
        if (folder !== '/' && (code === 'ENOENT' || code === 'ENOTDIR')) continue
        if (code === 'EACCES') return {state: 'denied', why: `no permission to look into ${folder}`}
        throw error
      }
    }
  },
}
