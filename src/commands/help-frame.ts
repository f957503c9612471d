import { simple } from '../resp/index.ts'
import type { RespValue } from '../resp/index.ts'

/**
 * The reply to HELP with the first and last lines that all have (protocol.md 2.4). `command` is the word that the
 * client sent; `lines` has usages and, indented by four blanks, details.
 */
export function helpReply(command: string, lines: readonly string[]): RespValue {
  const header = `${command.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`
  return [header, ...lines, 'HELP', '    Print this help.'].map(simple)
}
