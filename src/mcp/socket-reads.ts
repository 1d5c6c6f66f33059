import type {OnReadOpts, Socket} from 'node:net'

/** Filled by one socket at a time and emptied before it is filled again: reads happen one after the other. */
const shared = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * Reads of plain sockets through one buffer. Node would allocate 64 KiB for each read and give back what was not used,
 * which leaves holes in the heap of malloc: with 64 connections they were most of the memory that HTTP backends cost.
 */
export const sharedReads: OnReadOpts = {
  buffer: shared,
  // Node calls it as a method of the socket; false pauses the reading, as a full stream's push means it.
  callback(this: unknown, length: number): boolean {
    return (this as Socket).push(Buffer.from(shared.subarray(0, length)))
  },
}
