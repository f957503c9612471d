/** What each sentinel of a fleet answered, as a table and as JSON. */
import type { SentinelKind, ToolSentinelJson } from '../../documents/index.ts'
import { addressText } from '../../explain/index.ts'
import { NodeUnreachable } from '../node-client/node-client.ts'
import { tableText } from '../table-text.ts'
import { KIND_WORDS, type Fleet, type Member, type MemberKind } from './fleet.ts'

/** The result of one sentinel that answers. `More` is what its entry has in the JSON document of the tool. */
export interface MemberResult<More extends object = object> {
  readonly member: Member
  /** It did what was asked, or there was nothing to do. */
  readonly ok: boolean
  /** In plain words. */
  readonly text: string
  /** Without them, the entry has the values that the document has by default. */
  readonly more?: More
}

/** What a sentinel answered to one question. */
export type Answered<More extends object = object> = Omit<MemberResult<More>, 'member'>

/** Asks all members at once. A connection that fails is a result, too. */
export async function askAll<More extends object>(
  members: readonly Member[], ask: (member: Member) => Promise<Answered<More>>,
): Promise<readonly MemberResult<More>[]> {
  return Promise.all(members.map(async (member) => {
    try {
      return { member, ...await ask(member) }
    } catch (error) {
      if (error instanceof NodeUnreachable) return { member, ok: false, text: error.message }
      throw error
    }
  }))
}

/** Sentinels that cannot be reached come last. `without` is the id of one that is left out. */
export function resultTable(fleet: Fleet, column: string, results: readonly MemberResult[], without?: string): string {
  const missing = fleet.missing.filter(({ id }) => id === undefined || id !== without)
  return tableText(['SENTINEL', 'KIND', column], [
    ...results.map(({ member, text }) => [addressText(member.address), KIND_WORDS[member.kind], text]),
    ...missing.map(({ address, problem }) => [addressText(address), '?', `cannot be asked: ${problem}`]),
  ])
}

/** The entries of `sentinels` in the JSON document. `byDefault` is for those without more of their own. */
export function resultDocument<More extends object>(
  fleet: Fleet, results: readonly MemberResult<More>[], byDefault: More, without?: string,
): readonly (ToolSentinelJson & More)[] {
  const missing = fleet.missing.filter(({ id }) => id === undefined || id !== without)
  return [
    ...results.map(({ member, ok, text, more = byDefault }) => ({
      address: addressText(member.address), id: member.id ?? null, kind: KINDS[member.kind], ok, text, ...more,
    })),
    ...missing.map(({ address, id, problem }) => ({
      address: addressText(address), id: id ?? null, kind: null, ok: false, text: `cannot be asked: ${problem}`, ...byDefault,
    })),
  ]
}

const KINDS: Readonly<Record<MemberKind, SentinelKind>> = { ours: 'ts-sentinel', older: 'older', original: 'original' }
