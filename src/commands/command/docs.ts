import { map, set, simple } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { ArgumentDoc } from '../command-doc.ts'
import type { CommandSpec } from '../command-spec.ts'

/** The COMMAND DOCS entry of one command, with the keys and their order of protocol.md 1.7. */
export function commandDocs(spec: CommandSpec): RespValue {
  const { doc } = spec
  const fields: RespValue[] = ['summary', doc.summary, 'since', doc.since, 'group', doc.group]
  if (doc.complexity !== undefined) fields.push('complexity', doc.complexity)
  if (doc.deprecated !== undefined) {
    fields.push(
      'doc_flags', set([simple('deprecated')]),
      'deprecated_since', doc.deprecated.since,
      'replaced_by', doc.deprecated.replacedBy,
    )
  }
  if (doc.history !== undefined) fields.push('history', set(doc.history.map(([since, change]) => [since, change])))
  if (doc.arguments !== undefined) fields.push('arguments', doc.arguments.map(argumentDocs))
  if (spec.subcommands !== undefined) {
    fields.push('subcommands', map(spec.subcommands.flatMap((sub) => [sub.fullName, commandDocs(sub)])))
  }
  return map(fields)
}

function argumentDocs(argument: ArgumentDoc): RespValue {
  const isContainer = argument.arguments !== undefined
  const fields: RespValue[] = ['name', argument.name, 'type', argument.type]
  if (!isContainer) fields.push('display_text', argument.name)
  if (argument.token !== undefined) fields.push('token', argument.token)
  if (argument.since !== undefined) fields.push('since', argument.since)
  if (argument.flags !== undefined) fields.push('flags', set(argument.flags.map(simple)))
  if (isContainer) fields.push('arguments', argument.arguments.map(argumentDocs))
  return map(fields)
}
