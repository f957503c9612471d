import { fromBytes, toBytes, writeWord } from '../text/index.ts'

/** One `user` line of words that may need quotes. */
export function userLine(name: string, rules: readonly string[]): string {
  return fromBytes(['user', ...[name, ...rules].map((word) => writeWord(toBytes(word)))].join(' '))
}
