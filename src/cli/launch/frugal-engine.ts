/**
 * Flags of V8 for memory and compiling. By default V8 uses memory and processor time for a speed that a sentinel does
 * not need. Only flags that V8 reads while it runs have an effect; V8 reports an unknown flag on standard error, so
 * some depend on its release.
 */

/** With 100 masters V8 grows to 117 MiB, of which 14 MiB are in use. With these flags it stays below 80 MiB. */
const MEMORY_FLAGS: readonly string[] = [
  // Keeps the space for new objects at its initial 2 MiB instead of up to 32: such objects live for milliseconds.
  '--semi-space-growth-factor=1',
  // Collects the old space when it has grown by this percentage, not when it is four times as large.
  '--heap-growing-percent=60',
]

/**
 * The first release of V8 that counts invocations to choose functions for optimisation. Older ones count executed bytes
 * of code.
 */
const COUNTS_INVOCATIONS = 12

/**
 * Makes V8 optimise a function after about 15 times as many runs as by default. Optimising takes tens of milliseconds
 * of a thread, and by default happens in the middle of a failover, whose functions seldom run before.
 */
function compilerFlags(v8: string): readonly string[] {
  const release = Number.parseInt(v8, 10)
  return release < COUNTS_INVOCATIONS ? ['--interrupt-budget=1000000'] : ['--invocation-count-for-turbofan=45000']
}

/** `v8` is the release of V8 as `process.versions` has it. */
export function engineFlags(v8: string): readonly string[] {
  return [...MEMORY_FLAGS, ...compilerFlags(v8)]
}

/** Sets the flags. Call it after the program is compiled: V8 accepts a code cache only with the flags of its making. */
export function keepEngineFrugal(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of engineFlags(process.versions.v8)) setFlagsFromString(flag)
}
