/** Commands of remedies, as they are typed in a POSIX shell. */
import type { MasterExplanation } from '../core/index.ts'

export interface CommandOptions {
  /** Words that redis-cli needs to reach nodes and sentinels, such as `--tls --cacert FILE`. */
  readonly tls?: readonly string[]
}

/** A command of redis-cli for one server. The user and the password of the operator come from the environment. */
export function redisCli(
  { host, port }: { readonly host: string | undefined, readonly port: number }, words: readonly string[],
  { tls = [] }: CommandOptions = {},
): string {
  const where = host === undefined ? [] : ['-h', host]
  return ['redis-cli', ...where, '-p', String(port), ...tls, ...words].map(shellWord).join(' ')
}

/** A command for the sentinel that was asked; undefined where its address is not known. */
export function ownCli(
  { own }: Pick<MasterExplanation, 'own'>, words: readonly string[], options: CommandOptions,
): string | undefined {
  return own === undefined ? undefined : redisCli(own, words, options)
}

/** One word, quoted where a shell would change it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', String.raw`'\''`)}'`
}
