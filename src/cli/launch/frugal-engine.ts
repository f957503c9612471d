/**
 * What V8 is told about memory and compiling. Left alone it takes memory and processor time for a speed that a
 * sentinel has no use for. Of use are only flags that V8 looks up while it runs; one that it does not know would be
 * complained about on standard error, so some depend on its release.
 */

/** With 100 masters V8 grows to 117 MiB, of which 14 MiB are in use; with these it stays below 80, at the same cost. */
const MEMORY_FLAGS: readonly string[] = [
  // The place for new objects stays at its first size, 2 MiB, and does not grow to 32: they die within milliseconds.
  '--semi-space-growth-factor=1',
  // The rest is swept when it has grown by this part, in percent, not when it is four times as large.
  '--heap-growing-percent=60',
]

/** The first release of V8 in which invocations, not bytes of code that ran, make a function hot. */
const COUNTS_INVOCATIONS = 12

/**
 * The best code of a function is made when it has run about 15 times as long as by default. It takes a thread tens of
 * milliseconds, and what becomes hot in a failover would be compiled in the middle of it.
 */
function compilerFlags(v8: string): readonly string[] {
  const release = Number.parseInt(v8, 10)
  return release < COUNTS_INVOCATIONS ? ['--interrupt-budget=1000000'] : ['--invocation-count-for-turbofan=45000']
}

/** `v8` is the release of V8 as `process.versions` has it. */
export function engineFlags(v8: string): readonly string[] {
  return [...MEMORY_FLAGS, ...compilerFlags(v8)]
}

/** To be called when the program is compiled: a code cache counts only for the flags with which it was made. */
export function keepEngineFrugal(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of engineFlags(process.versions.v8)) setFlagsFromString(flag)
}
