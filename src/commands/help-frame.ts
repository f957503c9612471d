import { simple } from '../resp/index.ts'
import type { RespValue } from '../resp/index.ts'

/**
 * The frame that every HELP has (protocol.md 2.4). `command` is what the client typed; `lines` holds usages and,
 * indented by four blanks, details.
 */
export function helpReply(command: string, lines: readonly string[]): RespValue {
  const header = `${command.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`
  return [header, ...lines, 'HELP', '    Print this help.'].map(simple)
}
