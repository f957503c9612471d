/**
 * Flags of V8 for memory and compiling. By default V8 uses memory and processor time for a speed that a sentinel does
 * not need. Only flags that V8 reads while it runs have an effect; V8 reports an unknown flag on standard error, so
 * some depend on its release.
 */

/** With 100 masters V8 grows to 117 MiB, of which 14 MiB are in use; with these flags it stays below 80 MiB. */
const MEMORY_FLAGS: readonly string[] = [
  // The space for new objects stays at its initial 2 MiB and does not grow to 32: they live for milliseconds.
  '--semi-space-growth-factor=1',
  // The old space is collected when it has grown by this percentage, not when it is four times as large.
  '--heap-growing-percent=60',
]

/**
 * The first release of V8 that counts invocations, not executed bytes of code, to choose functions for optimisation.
 */
const COUNTS_INVOCATIONS = 12

/**
 * V8 optimises a function after about 15 times as many runs as by default. Optimising takes tens of milliseconds of a
 * thread; by default it would happen in the middle of a failover, whose functions seldom run before.
 */
function compilerFlags(v8: string): readonly string[] {
  const release = Number.parseInt(v8, 10)
  return release < COUNTS_INVOCATIONS ? ['--interrupt-budget=1000000'] : ['--invocation-count-for-turbofan=45000']
}

/** `v8` is the release of V8 as `process.versions` has it. */
export function engineFlags(v8: string): readonly string[] {
  return [...MEMORY_FLAGS, ...compilerFlags(v8)]
}

/** Must be called before the program is compiled: V8 accepts a code cache only with the flags of its making. */
export function keepEngineFrugal(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of engineFlags(process.versions.v8)) setFlagsFromString(flag)
}
