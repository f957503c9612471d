/** The questions to one other sentinel. An original sentinel answers most of them. */
import type { Reply } from '../../core/index.ts'
import { remoteMember, type AskedSentinel, type FleetMember } from '../../explain/index.ts'
import { FLEET_EXPLAINED_MAX } from '../limits.ts'
import type { HttpWorld } from '../world.ts'

type Entry = ReadonlyMap<string, string>

/** Rejects with the reason when the sentinel does not answer, or refuses to. */
export async function askMember(
  { asker, view }: Pick<HttpWorld, 'asker' | 'view'>, asked: AskedSentinel,
): Promise<FleetMember> {
  const [info, masters] = await asker.ask(asked, [['INFO'], ['SENTINEL', 'MASTERS']])
  const facts = infoOf(textOf(granted(info)))
  const entries = entriesOf(granted(masters)).filter((entry) => view.hasMaster(entry.get('name') ?? ''))
  const names = entries.toSorted(byTrouble).slice(0, FLEET_EXPLAINED_MAX).map((entry) => entry.get('name') ?? '')
  const replies = await asker.ask(asked, [
    ...names.map((name) => ['SENTINEL', 'CKQUORUM', name]), ...names.map((name) => ['SENTINEL', 'EXPLAIN', name]),
  ])
  const [checks, explanations] = [replies.slice(0, names.length), replies.slice(names.length)]
  return remoteMember(asked, {
    info: facts,
    masters: entries,
    quorum: new Map(names.flatMap((name, at) => {
      const check = checkOf(checks[at])
      return check === undefined ? [] : [[name, check] as const]
    })),
    explained: explanations.some(isUnknownCommand)
      ? undefined : new Map(names.map((name, at) => [name, fieldsOf(explanations[at])])),
  })
}

/** Masters with trouble first. */
function byTrouble(one: Entry, other: Entry): number {
  return Number(one.get('flags') === 'master') - Number(other.get('flags') === 'master')
}

function granted(reply: Reply | undefined): Reply | undefined {
  if (reply?.kind === 'error') throw new Error(`refused: ${reply.text}`)
  return reply
}

/** `OK …` or `NOQUORUM …`. */
function checkOf(reply: Reply | undefined): string | undefined {
  if (reply?.kind === 'error') return reply.text.startsWith('NOQUORUM') ? reply.text : undefined
  return textOf(reply)
}

/** In the words of any release: "unknown subcommand", "Unknown sentinel subcommand". */
function isUnknownCommand(reply: Reply): boolean {
  return reply.kind === 'error' && /unknown (?:sentinel )?(?:sub)?command/i.test(reply.text)
}

function textOf(reply: Reply | undefined): string | undefined {
  return reply?.kind === 'bulk' || reply?.kind === 'status' ? reply.text : undefined
}

/** Names and values of a flat array; empty for any other reply. */
function fieldsOf(reply: Reply | undefined): Entry {
  if (reply?.kind !== 'array') return new Map()
  const { items } = reply
  const pairs = Array.from({ length: Math.floor(items.length / 2) }, (_, at) => at * 2)
  return new Map(pairs.map((at) => [textOf(items[at]) ?? '', textOf(items[at + 1]) ?? '']))
}

function entriesOf(reply: Reply | undefined): Entry[] {
  return reply?.kind === 'array' ? reply.items.map(fieldsOf) : []
}

/** The fields of INFO, which has a line `name:value` for each. */
function infoOf(text = ''): Entry {
  const lines = text.split(/\r?\n/).map((line) => /^([^#:]+):(.*)$/.exec(line))
  return new Map(lines.flatMap((found) => found === null ? [] : [[found[1] ?? '', found[2] ?? ''] as const]))
}
