/** Text that does not belong into the project. A checker without files of its own, so that it can be tested. */
export interface BannedText {
  readonly name: string
  readonly pattern: RegExp
  /** Paths for which the rule holds. */
  readonly where: RegExp
}

const CODE = /^(src|test)\/.*\.ts$/
const TESTS = /^test\/.*\.ts$/
const PROCESS_TESTS = /^test\/(integration|interop|bench)\/.*\.ts$/
const EVERYTHING = /./

const SLEEPING = 'a test that sleeps'

export const BANNED: readonly BannedText[] = [
  { name: 'work left open', pattern: /\bFIXME\b/, where: EVERYTHING },
  { name: 'the type any', pattern: /(?::|\bas|<|,|\|)\s*any\b(?=\s*(?:[,;)>=|[\]{]|$))/, where: CODE },
  { name: 'a silenced compiler', pattern: /@ts-(?:ignore|expect-error|nocheck)/, where: CODE },
  { name: 'a silenced linter', pattern: /eslint-disable/, where: CODE },
  { name: 'a test that runs alone', pattern: /\b(?:it|test|describe)\.only\s*\(/, where: TESTS },
  { name: 'a test that is skipped for good', pattern: /\b(?:it|test|describe)\.skip\s*\(/, where: TESTS },
  {
    name: SLEEPING,
    pattern: /\bsetTimeout\s*\(\s*(?:\(\)\s*=>\s*)?(?:resolve|res|r|done)\b|timers\/promises|\bsleep\s*\(|\bretry\s*:/,
    where: TESTS,
  },
  { name: "a path of somebody's machine", pattern: /(?<![\w.])\/(?:work|home|root|Users|mnt)\/[a-z]/, where: EVERYTHING },
  {
    name: 'a port that the system hands out itself',
    pattern: /(?<!-)\b(?:port|listen)\W{1,4}(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|6[0-5]\d{3})(?!\d)/i,
    where: PROCESS_TESTS,
  },
]

/** Waits that are the subject of the file, with the reason. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['test/chaos/pacing.ts', 'the pace of chaos, soak and drill runs; no test waits there'],
  ['test/bench/failover-round.ts', 'the master is killed at a random phase of the polling'],
  ['test/bench/extensions.ts', 'a fleet gets calm before its master is killed; how long the failover takes is what is measured'],
  ['test/bench/empty-master.ts', 'a supervisor starts the master again after a moment'],
  ['test/bench/returned-master.ts', 'the fault comes at a random moment, with writers at work'],
  ['test/bench/old-master-writers.ts', 'writers connect again after a pause'],
  ['test/bench/switchover-writers.ts', 'writers pause between two writes'],
  ['test/bench/switchover-faults.ts', 'the load runs for a while before each switchover'],
  ['test/bench/switchover.ts', 'the load runs for a while before each switchover, and after it'],
  ['test/bench/steady.ts', 'questions come at a pace, and how long each waits is what is measured'],
  ['test/integration/crash-detection.test.ts', 'nothing happens for a while is what is shown'],
  ['test/integration/own-state.test.ts', 'the sentinel is killed at a random moment of its writes'],
  ['test/integration/vote-durability.test.ts', 'the voter is killed at a random moment after its vote'],
  ['test/interop/config-genuine.ts', 'polls a program without a harness; every wait has a deadline'],
])

/** One line each: `path:line: what`. */
export function bannedIn(path: string, text: string): string[] {
  const rules = BANNED.filter(({ name, where }) => where.test(path) && !(name === SLEEPING && EXCEPTIONS.has(path)))
  return text.split('\n').flatMap((line, at) => (
    rules.filter(({ pattern }) => pattern.test(line)).map(({ name }) => `${path}:${at + 1}: ${name}`)
  ))
}
