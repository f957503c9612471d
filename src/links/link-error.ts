/** Why a connection was lost, in the words of the original's log. */
import { knownSystemError, systemErrorCode } from '../text/index.ts'
import { tlsReason } from './tls-error.ts'

/** The end of the stream without an error. */
export const CLOSED_BY_PEER = 'Server closed the connection'

/** Whether the system of the node replied that nothing listens at the address. */
export function isRefusal(error: unknown): boolean {
  return systemErrorCode(error) === 'ECONNREFUSED'
}

/** The system's text for a system error, otherwise the text of the error. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return knownSystemError(error) ?? tlsReason(error) ?? error.message
}
