/**
 * Sockets that read into one buffer of the process. By default Node makes a buffer of 64 KiB for every read, which is
 * half of the work of a proxy for short requests.
 */
import { connect, Socket, type OnReadOpts } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import type { NodeAddress } from '../topology/topology.ts'
import { READ_BYTES } from './limits.ts'

/** Called with a buffer whose first `count` bytes are valid until it returns. Returns whether to go on reading. */
export type OnBytes = (buffer: Buffer, count: number) => boolean

const READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES)

function readInto(onBytes: OnBytes): OnReadOpts {
  return { buffer: READ_BUFFER, callback: (count) => onBytes(READ_BUFFER, count) }
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

/** Where and how to connect to a node. */
export interface NodeConnection {
  readonly address: NodeAddress
  readonly tls: (() => ConnectionOptions) | undefined
  /** Seconds; 0: no probes. */
  readonly keepAliveSeconds: number
  readonly allowHalfOpen?: boolean
}

/**
 * Connects to a node. Received bytes are passed to `onBytes`, which returns whether to go on reading: those of the
 * shared buffer with their count, those of TLS in a buffer of their own.
 */
export function connectNode(
  { address: { host, port }, tls, keepAliveSeconds, allowHalfOpen = false }: NodeConnection,
  onBytes: (bytes: Buffer, count?: number) => boolean,
): Socket {
  const options = {
    host, port, noDelay: true, allowHalfOpen,
    keepAlive: keepAliveSeconds > 0, keepAliveInitialDelay: keepAliveSeconds * 1_000,
  }
  if (tls === undefined) return connect({ ...options, onread: readInto(onBytes) })
  const socket = process.getBuiltinModule('node:tls').connect({ ...tls(), ...options })
  return socket.on('data', (bytes: Buffer) => { if (!onBytes(bytes)) socket.pause() })
}
