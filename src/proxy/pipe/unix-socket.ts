/** The file of a unix socket, before and after a server listens on it. */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'

import type { ProxySettings } from '../settings/settings.ts'

type SocketSettings = Pick<ProxySettings, 'unixSocket' | 'unixSocketMode'>

/** Removes a socket that a killed process left behind. A file of another kind makes listening fail. */
export function removeLeftSocket({ unixSocket }: SocketSettings): void {
  if (unixSocket === undefined) return
  try {
    if (lstatSync(unixSocket).isSocket()) unlinkSync(unixSocket)
  } catch {
    // There is none, or it may not be removed: then listening reports the reason.
  }
}

/** Gives the socket its file mode. */
export function openSocket({ unixSocket, unixSocketMode }: SocketSettings): void {
  if (unixSocket !== undefined && unixSocketMode !== undefined) chmodSync(unixSocket, unixSocketMode)
}
