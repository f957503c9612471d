/** The questions to one other sentinel. An original sentinel answers most of them. */
import type { Reply } from '../../core/index.ts'
import {
  entriesOf, errorOf, fieldsOf, infoOf, isUnknownCommand, remoteMember, textOf, type AskedSentinel, type FleetMember,
} from '../../explain/index.ts'
import { FLEET_EXPLAINED_MAX } from '../limits.ts'
import type { HttpWorld } from '../world.ts'

type Entry = ReadonlyMap<string, string>

/** Rejects with the reason when the sentinel does not answer, or refuses to. */
export async function askMember(
  { asker, view }: Pick<HttpWorld, 'asker' | 'view'>, asked: AskedSentinel,
): Promise<FleetMember> {
  const [info, masters] = await asker.ask(asked, [['INFO'], ['SENTINEL', 'MASTERS']])
  const facts = infoOf(textOf(granted(info)) ?? '')
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
    explained: explanations.some((reply) => isUnknownCommand(errorOf(reply) ?? ''))
      ? undefined : new Map(names.map((name, at) => [name, fieldsOf(explanations[at]) ?? new Map()])),
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
