import type { SentinelKind } from '../../../src/harness/index.ts'

// The same scenarios run in a short form with the test suite and in full counts with `npm run acceptance`.
// The acceptance runner passes its options through the environment.

/** Rounds of a scenario: the full count on request, otherwise the short form. */
export function rounds(short: number): number {
  const asked = Number(process.env['ACCEPTANCE_TIMES'])
  return Number.isInteger(asked) && asked > 0 ? asked : short
}

/** A fleet of `count` sentinels of the kind under test; `ACCEPTANCE_FLEET=genuine` checks the scenario itself. */
export function fleet(count: number): SentinelKind[] {
  return Array.from({ length: count }, () => kindUnderTest())
}

/** Who is tested: ours, unless the environment asks for the genuine program. */
export function kindUnderTest(): SentinelKind {
  return process.env['ACCEPTANCE_FLEET'] === 'genuine' ? 'genuine' : 'ours'
}

/** Time limit of a test that runs `count` rounds, in milliseconds. */
export function limitFor(count: number, roundMs: number): number {
  return 60_000 + count * roundMs
}
