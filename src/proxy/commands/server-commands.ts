/** Reads the reply to COMMAND: the commands of modules and of later releases. Pure. */
import type { Reply } from '../../core/index.ts'
import type { CommandKind } from './command-kind.ts'
import type { CommandFacts } from './command-table.ts'

/** Longer names are a fault of the node. */
const NAME_CHARS_MAX = 128

/**
 * The commands that can be sent on a connection that several clients share. All others, such as those that subscribe,
 * stay unknown.
 */
export function readCommands(reply: Reply | undefined): readonly CommandFacts[] {
  if (reply?.kind !== 'array') return []
  return reply.items.flatMap((item) => {
    if (item.kind !== 'array') return []
    const [name, , flags] = item.items
    if (name?.kind !== 'bulk' || flags?.kind !== 'array' || name.text.length > NAME_CHARS_MAX) return []
    const kind = kindOf(new Set(flags.items.map((flag) => flag.kind === 'status' || flag.kind === 'bulk' ? flag.text : '')))
    return kind === undefined ? [] : [{ name: name.text.toLowerCase(), kind }]
  })
}

function kindOf(flags: ReadonlySet<string>): CommandKind | undefined {
  if (flags.has('pubsub')) return undefined
  if (flags.has('blocking')) return 'blocking'
  if (flags.has('write')) return 'write'
  return flags.has('readonly') ? 'read' : undefined
}
