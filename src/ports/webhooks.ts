/** How the sending of one webhook goes, for metrics. Counts are since the start of the process. */
export interface WebhookState {
  readonly name: string
  /** Events that wait, the one that is being sent included. */
  readonly queued: number
  readonly delivered: number
  /** Given up after the last attempt, or refused by the other side. */
  readonly failed: number
  /** Never sent, because the queue was full or the process stopped. */
  readonly dropped: number
  /** Attempts that failed, whatever came of the event later. */
  readonly failedAttempts: number
}
