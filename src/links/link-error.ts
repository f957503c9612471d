/** Why a connection was lost, in the words that operators know from the original's log. */
import { tlsReason } from './tls-error.ts'

const TEXTS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'Permission denied'],
  ['EADDRINUSE', 'Address already in use'],
  ['EADDRNOTAVAIL', 'Cannot assign requested address'],
  ['EAFNOSUPPORT', 'Address family not supported by protocol'],
  ['ECONNABORTED', 'Software caused connection abort'],
  ['ECONNREFUSED', 'Connection refused'],
  ['ECONNRESET', 'Connection reset by peer'],
  ['EHOSTDOWN', 'Host is down'],
  ['EHOSTUNREACH', 'No route to host'],
  ['EINVAL', 'Invalid argument'],
  ['EMFILE', 'Too many open files'],
  ['ENETDOWN', 'Network is down'],
  ['ENETUNREACH', 'Network is unreachable'],
  ['ENOBUFS', 'No buffer space available'],
  ['EPERM', 'Operation not permitted'],
  ['EPIPE', 'Broken pipe'],
  ['ETIMEDOUT', 'Connection timed out'],
])

/** The end of the stream without an error. */
export const CLOSED_BY_PEER = 'Server closed the connection'

/** The system's text where it is a system error, else the error's own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const text = 'code' in error && typeof error.code === 'string' ? TEXTS.get(error.code) : undefined
  return text ?? tlsReason(error) ?? error.message
}
