/** How long one input held the loop: the longest of each surface, by the clock and by the processor time. */
export interface Held {
  /** Monotonic. Other processes of a busy machine count too. */
  readonly wallMs: number
  /** Of all threads of this process, the collection of garbage among them. */
  readonly cpuMs: number
}

let longest: Held = { wallMs: 0, cpuMs: 0 }

/** Runs what handles one input, without a break, as the loop of the process would. */
export function holding<Result>(work: () => Result): Result {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  try {
    return work()
  } finally {
    const wallMs = performance.now() - begin
    const { user, system } = process.cpuUsage(cpu)
    longest = { wallMs: Math.max(longest.wallMs, wallMs), cpuMs: Math.max(longest.cpuMs, (user + system) / 1000) }
  }
}

/** The longest since the last call. */
export function takeLongest(): Held {
  const result = longest
  longest = { wallMs: 0, cpuMs: 0 }
  return result
}
