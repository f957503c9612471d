import type { TLSSocket } from 'node:tls'

import { systemErrorText } from '../text/index.ts'

/** Node gives the whole line of the library, with function, file and line number; the original omits those. */
const LIBRARY_LINE = /error:([0-9A-F]{8}):([^:]*):[^:]*:([^:]*)/

const UNEXPECTED_END = 'error:0A000126:SSL routines::unexpected eof while reading'
const VERIFY_FAILED = 'error:0A000086:SSL routines::certificate verify failed'

/** The error of an encrypted or a plain connection, in one line and in the original's words. */
export function connectionErrorText(error: Error): string {
  const [, number, library, reason] = LIBRARY_LINE.exec(error.message) ?? []
  if (number === undefined) return systemErrorText(error)
  return `error:${number}:${library}::${reason?.trim()}`
}

/** Why a connection did not get through its handshake (config.md 4.2, `tls-auth-clients`). */
export function handshakeFailure(error: NodeJS.ErrnoException, socket: TLSSocket): string {
  const refusal = refusedCertificate(socket)
  if (refusal !== undefined) return refusal
  if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'TLS handshake timed out'
  // Node reports ECONNRESET both for a peer that left and for a reset. Only the second has a system call.
  if (error.code === 'ECONNRESET' && error.syscall === undefined) return UNEXPECTED_END
  return connectionErrorText(error)
}

/** The original's words, and what exactly is wrong with the certificate: undefined when nothing is. */
export function refusedCertificate({ authorizationError }: TLSSocket): string | undefined {
  // Declared as an error, but it is the name of the library's code, or null without an error.
  const code: unknown = authorizationError
  if (typeof code !== 'string' || code === '') return undefined
  return `${VERIFY_FAILED}: ${code.toLowerCase().replaceAll('_', ' ')}`
}
