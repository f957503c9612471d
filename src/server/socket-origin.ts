import type { Socket } from 'node:net'

import type { ClientOrigin } from '../commands/index.ts'
import type { Millis } from '../core/index.ts'
import { hostAndPort } from '../text/index.ts'

export interface OriginDetails {
  readonly id: number
  readonly connectedAt: Millis
  readonly unixPath: string | undefined
}

/** The origin of a connection in the form of CLIENT LIST. Unix sockets have the path and port 0 on both sides. */
export function originOf(socket: Socket, { id, connectedAt, unixPath }: OriginDetails): ClientOrigin {
  const fileDescriptor = descriptorOf(socket)
  if (unixPath !== undefined) {
    const address = `${unixPath}:0`
    return { id, connectedAt, fileDescriptor, isUnixSocket: true, address, localAddress: address }
  }
  return {
    id,
    connectedAt,
    fileDescriptor,
    isUnixSocket: false,
    ...addressesOf(socket),
  }
}

/** Both ends, each as `host:port`. */
export function addressesOf(socket: Socket): { readonly address: string, readonly localAddress: string } {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  return {
    // A connection that was reset before it was handled has no address.
    address: hostAndPort(remoteAddress ?? '?', remotePort ?? 0),
    localAddress: hostAndPort(localAddress ?? '?', localPort ?? 0),
  }
}

/** The descriptor from a private field of Node; -1 when this version does not have it. */
function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null }
  return handle?.fd ?? -1
}
