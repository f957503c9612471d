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

export const BANNED: readonly BannedText[] = [
  { name: 'work left open', pattern: /\bFIXME\b/, where: EVERYTHING },
  { name: 'the type any', pattern: /(?::|\bas|<|,|\|)\s*any\b(?=\s*(?:[,;)>=|[\]{]|$))/, where: CODE },
  { name: 'a silenced compiler', pattern: /@ts-(?:ignore|expect-error|nocheck)/, where: CODE },
  { name: 'a silenced linter', pattern: /eslint-disable/, where: CODE },
  { name: 'a test that runs alone', pattern: /\b(?:it|test|describe)\.only\s*\(/, where: TESTS },
  { name: 'a test that is skipped for good', pattern: /\b(?:it|test|describe)\.skip\s*\(/, where: TESTS },
  {
    name: 'a test that sleeps',
    pattern: /\bsetTimeout\s*\(\s*(?:\(\)\s*=>\s*)?(?:resolve|res|r|done)\b|timers\/promises|\bsleep\s*\(|\bretry\s*:/,
    where: TESTS,
  },
  { name: "a path of somebody's machine", pattern: /(?<![\w.])\/(?:work|home|root|Users|mnt)\/[a-z]/, where: EVERYTHING },
  { name: 'a port that the system hands out itself', pattern: /(?<![\w.:-])(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])(?![\w.])/, where: PROCESS_TESTS },
]

/** One line each: `path:line: what`. */
export function bannedIn(path: string, text: string): string[] {
  const rules = BANNED.filter(({ where }) => where.test(path))
  return text.split('\n').flatMap((line, at) => (
    rules.filter(({ pattern }) => pattern.test(line)).map(({ name }) => `${path}:${at + 1}: ${name}`)
  ))
}
