import { setTimeout as delay } from 'node:timers/promises'

/** Default time limit of a wait. */
export const DEFAULT_WAIT_MS = 30_000

/** Default pause between two checks of a condition. */
const DEFAULT_EVERY_MS = 50

/** The time limit of a wait, and the pause between its checks. */
export interface EventuallyOptions {
  /** Deadline for the whole wait, in milliseconds. Default 30000. */
  readonly timeoutMs?: number
  /** Pause between two checks, in milliseconds. Default 50. */
  readonly everyMs?: number
}

/** The wait ended at its deadline. The message names the condition and what the last check saw. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError'
}

/** Thrown by a check whose condition does not hold yet; `seen` goes into the time-out message. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError'
}

/** Thrown by a check whose condition can no longer become true: the wait ends at once with this error. */
export class GaveUpError extends Error {
  override readonly name = 'GaveUpError'
}

/** Shorthand for the end of a check: `throw notYet('role is slave')`. */
export function notYet(seen: string): NotYetError {
  return new NotYetError(seen)
}

/**
 * Calls `check` repeatedly until it returns, and returns its value. A check that throws is repeated, so assertions of
 * any test library work inside it. A check that hangs does not delay the deadline.
 *
 * @param what completes the sentence "waited for ..."
 * @throws TimedOutError at the deadline, naming what the last check saw
 * @throws GaveUpError when the check throws one
 */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS
  const everyMs = options.everyMs ?? DEFAULT_EVERY_MS
  const deadline = performance.now() + timeoutMs
  let seen = 'nothing yet: the first look did not return'
  for (;;) {
    const leftMs = deadline - performance.now()
    const look = await lookOnce(check, Math.max(leftMs, 0))
    if (look.passed) return look.value
    seen = look.seen ?? seen
    if (performance.now() + everyMs > deadline) {
      throw new TimedOutError(`waited ${timeoutMs} ms for ${what}; last seen: ${seen}`)
    }
    await delay(everyMs)
  }
}

type Look<T> = { readonly passed: true, readonly value: T } | { readonly passed: false, readonly seen?: string }

async function lookOnce<T>(check: () => T | Promise<T>, leftMs: number): Promise<Look<T>> {
  const timer = new AbortController()
  const hung = delay(leftMs, undefined, { signal: timer.signal })
    .then((): Look<T> => ({ passed: false }), (): Look<T> => ({ passed: false }))
  const looked = Promise.resolve()
    .then(check)
    .then(
      (value): Look<T> => ({ passed: true, value }),
      (error: unknown): Look<T> => {
        if (error instanceof GaveUpError) throw error
        return { passed: false, seen: messageOf(error) }
      },
    )
  try {
    return await Promise.race([looked, hung])
  } finally {
    timer.abort()
  }
}

/**
 * Waits for a promise, but not longer than `timeoutMs`.
 *
 * @throws TimedOutError when the time is over first
 */
export async function within<T>(what: string, timeoutMs: number, promise: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const tooLate = delay(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new TimedOutError(`waited ${timeoutMs} ms for ${what}`)
  })
  // When the promise settles first, the timer is aborted, and its rejection has no other handler.
  tooLate.catch(() => undefined)
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    timer.abort()
  }
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
