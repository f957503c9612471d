/** How long one input held the loop. */
export interface Held {
  /** Monotonic. What other processes of a busy machine took counts too. */
  readonly wallMs: number
  /** Of all threads of this process: what compiles and collects beside the loop counts too. */
  readonly cpuMs: number
}

const NONE: Held = { wallMs: 0, cpuMs: 0 }

let longest = NONE

/** What the input itself took at most: the shorter of both times. */
export function heldMs({ wallMs, cpuMs }: Held): number {
  return Math.min(wallMs, cpuMs)
}

/** Runs what handles one input, without a break, as the loop of the process would. */
export function holding<Result>(work: () => Result): Result {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  try {
    return work()
  } finally {
    const wallMs = performance.now() - begin
    const { user, system } = process.cpuUsage(cpu)
    const held = { wallMs, cpuMs: (user + system) / 1000 }
    if (heldMs(held) > heldMs(longest)) longest = held
  }
}

/** The longest since the last call. */
export function takeLongest(): Held {
  const result = longest
  longest = NONE
  return result
}
