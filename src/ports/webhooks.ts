/** The state of one webhook, for metrics. Counts are since the start of the process. */
export interface WebhookState {
  readonly name: string
  /** Events that wait, including the one that is being sent. */
  readonly queued: number
  readonly delivered: number
  /** Events that were given up after the last attempt, or refused by the receiver. */
  readonly failed: number
  /** Events that were never sent, because the queue was full or the process stopped. */
  readonly dropped: number
  /** Failed attempts, including those of events that were delivered later. */
  readonly failedAttempts: number
}
