/** Why a connection was lost, in the words that operators know from the original's log. */
import { knownSystemError } from '../text/index.ts'
import { tlsReason } from './tls-error.ts'

/** The end of the stream without an error. */
export const CLOSED_BY_PEER = 'Server closed the connection'

/** The system's text where it is a system error, else the error's own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return knownSystemError(error) ?? tlsReason(error) ?? error.message
}
