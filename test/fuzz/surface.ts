import type { SimRandom } from '../simulator/random.ts'

/** One way by which bytes from outside get in. */
export interface Surface {
  readonly name: string
  /** Of the inputs, in parts of whatever all add up to: what takes long gets fewer. */
  readonly share: number
  /**
   * Feeds inputs made from the dice, and checks what must hold.
   * @returns how many there were
   * @throws Error when something does not hold; the message names the input
   */
  run(random: SimRandom): number | Promise<number>
}

/** An error that shows what was fed. */
export function broken(what: string, input: unknown): Error {
  const shown = typeof input === 'string' ? JSON.stringify(input) : JSON.stringify(input, (_key, value: unknown) => (
    typeof value === 'bigint' ? `${value}n` : value
  ))
  return new Error(`${what}; input: ${shown.length > 3000 ? `${shown.slice(0, 3000)}…` : shown}`)
}

/** Runs `work`; what it throws names the input. */
export function guarded<Result>(input: unknown, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const text = error instanceof Error ? error.stack ?? error.message : String(error)
    throw broken(text.split('\n').slice(0, 6).join(' | '), input)
  }
}
