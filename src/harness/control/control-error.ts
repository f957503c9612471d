import { GaveUpError, messageOf, TimedOutError } from '../eventually.ts'
import { OptionsError } from '../validate-options.ts'
import { VerificationError } from '../writer-account.ts'

/** How an error is described to the caller. */
export interface ErrorDocument {
  /** What went wrong. */
  readonly what: string
  /** The operation, argument or path. */
  readonly where: string
  /** What the caller can do. */
  readonly whatToDo: string
  /** Figures that belong to the error, such as the report of a writer. */
  readonly details?: unknown
}

/** An operation of the control interface failed. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  /** Of HTTP. */
  readonly status: number
  readonly document: ErrorDocument

  constructor(status: number, document: ErrorDocument, options?: ErrorOptions) {
    super(document.what, options)
    this.status = status
    this.document = document
  }
}

/** The error of an operation in the form for the caller. */
export function asControlError(error: unknown, where: string): ControlError {
  if (error instanceof ControlError) return error
  const what = messageOf(error)
  const described = (status: number, whatToDo: string, details?: unknown): ControlError => new ControlError(
    status, { what, where, whatToDo, ...(details !== undefined && { details }) }, { cause: error },
  )
  if (error instanceof OptionsError) return described(400, 'correct the named options')
  if (error instanceof VerificationError) {
    return described(422, 'look at the report in details, and at the timeline', error.report)
  }
  if (error instanceof TimedOutError) {
    return described(504, 'look at the state and the timeline; where more time is needed, give a larger timeoutMs')
  }
  if (error instanceof GaveUpError) return described(409, 'look at the state')
  return described(409, 'look at the state; the operation may not be possible in it')
}
