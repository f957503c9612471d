import { set, simple } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { CommandSpec } from '../command-spec.ts'

/** One entry of COMMAND and COMMAND INFO. No command of a sentinel has keys (protocol.md 1.7). */
export function commandEntry(spec: CommandSpec): RespValue {
  return [
    spec.fullName,
    spec.arity,
    set(spec.flags.map(simple)),
    0, 0, 0,
    set(spec.categories.map((category) => simple(`@${category}`))),
    set(spec.tips),
    set([]),
    spec.subcommands === undefined ? set([]) : spec.subcommands.map(commandEntry),
  ]
}
