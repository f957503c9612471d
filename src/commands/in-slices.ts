import type { RespValue } from '../resp/index.ts'
import { Deferred } from './command-spec.ts'
import type { CommandEnvironment } from './environment.ts'

/** Steps of one piece: closing so many connections takes some milliseconds. */
export const STEPS = 64

/**
 * Computes an answer in one step for each client; other work runs between pieces of `STEPS` steps. When one piece is
 * enough, the answer is complete at once.
 */
export function inSlices(env: CommandEnvironment, steps: Iterator<undefined, RespValue>): Deferred {
  return new Deferred((done) => {
    const work = (): boolean => {
      for (let count = 0; count < STEPS; count += 1) {
        const step = steps.next()
        if (step.done === true) {
          done(step.value)
          return false
        }
      }
      return true
    }
    if (work()) env.clients.goOn({ work })
  })
}
