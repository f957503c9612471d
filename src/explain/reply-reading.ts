/** The contents of replies of nodes and sentinels. */
import type { Reply } from '../core/index.ts'

/** The text of a simple or bulk string; undefined for anything else. */
export function textOf(reply: Reply | undefined): string | undefined {
  return reply?.kind === 'bulk' || reply?.kind === 'status' ? reply.text : undefined
}

export function errorOf(reply: Reply | undefined): string | undefined {
  return reply?.kind === 'error' ? reply.text : undefined
}

/** Names and values of a flat array, in order; undefined when the reply is not an array. */
export function fieldsOf(reply: Reply | undefined): ReadonlyMap<string, string> | undefined {
  if (reply?.kind !== 'array') return undefined
  const fields = new Map<string, string>()
  for (let at = 0; at + 1 < reply.items.length; at += 2) {
    fields.set(textOf(reply.items[at]) ?? '', textOf(reply.items[at + 1]) ?? '')
  }
  return fields
}

/** The entries of an array of flat arrays. */
export function entriesOf(reply: Reply | undefined): readonly ReadonlyMap<string, string>[] {
  return reply?.kind === 'array' ? reply.items.map(fieldsOf).filter((entry) => entry !== undefined) : []
}

/** The fields of INFO, which has a line `name:value` for each. */
export function infoOf(text: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) facts.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return facts
}

/**
 * Whether the error of a sentinel of any release means that it does not have this command or subcommand: "unknown
 * subcommand" (7.0 and newer), "Unknown subcommand or wrong number of arguments" (6.2), "Unknown sentinel subcommand"
 * (6.0 and older).
 */
export function isUnknownCommand(problem: string): boolean {
  return /unknown (?:sentinel )?(?:sub)?command/i.test(problem)
}
