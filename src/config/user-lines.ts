import { fromBytes, toBytes } from './byte-text.ts'
import { writeWord } from './lexer.ts'
import type { Settings } from './settings.ts'

/** One `user` line of words that may need quotes. */
export function userLine(name: string, rules: readonly string[]): string {
  return fromBytes(['user', ...[name, ...rules].map((word) => writeWord(toBytes(word)))].join(' '))
}

/**
 * The `user` lines of a file as long as nobody changed users at run time: what was read, and the user `default` as
 * `requirepass` makes it where no line defines it (config.md 4.3). None with an aclfile, which then holds the users.
 * Passwords in clear become hashes, as in the original. `sha256` gives lower-case hexadecimal digits.
 */
export function configuredUserLines(settings: Settings, sha256: (text: string) => string): readonly string[] {
  if (settings.aclFile !== undefined) return []
  const hidden = (rule: string) => rule.startsWith('>') ? `#${sha256(rule.slice(1))}` : rule
  const users = settings.users.map(({ name, rules }) => ({ name, line: userLine(name, rules.map(hidden)) }))
  if (!users.some(({ name }) => name === 'default')) {
    const password = settings.requirepass === undefined ? 'nopass' : `#${sha256(settings.requirepass)}`
    users.push({ name: 'default', line: `user default on ${password} ~* &* +@all` })
  }
  return users.sort((one, other) => inByteOrder(toBytes(one.name), toBytes(other.name))).map(({ line }) => line)
}

function inByteOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
