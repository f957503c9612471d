/**
 * Sockets that read into one buffer of the process. By default Node makes a buffer of 64 KiB for every read, which is
 * half of the work of a proxy for short requests.
 */
import { connect, Socket, type NetConnectOpts, type OnReadOpts } from 'node:net'

import { READ_BYTES } from './limits.ts'

/** Called with a buffer whose first `count` bytes are valid until it returns. Returns whether to go on reading. */
export type OnBytes = (buffer: Buffer, count: number) => boolean

const READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES)

function readInto(onBytes: OnBytes): OnReadOpts {
  return { buffer: READ_BUFFER, callback: (count) => onBytes(READ_BUFFER, count) }
}

/** Connects; received bytes are passed to `onBytes`. */
export function connectShared(options: NetConnectOpts, onBytes: OnBytes): Socket {
  return connect({ ...options, onread: readInto(onBytes) })
}

/**
 * The accepted connection as a socket that reads into the shared buffer; undefined when this release of Node does not
 * let a handle move. `accepted` must be paused and is not used any more. Node has no public way to choose the buffer of
 * an accepted socket: the handle moves by the same option of the constructor that Node's own server uses.
 */
export function withSharedReads(accepted: Socket, onBytes: OnBytes): Socket | undefined {
  const { _handle: handle } = accepted as unknown as { _handle?: object | null }
  if (handle === undefined || handle === null || !('readStart' in handle)) return undefined
  const options = { handle, allowHalfOpen: true, pauseOnCreate: true, onread: readInto(onBytes) }
  const socket = new Socket(options)
  if ((socket as unknown as { _handle?: object | null })._handle !== handle) return undefined
  Object.assign(accepted, { _handle: null })
  return socket
}
