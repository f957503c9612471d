/** What each sentinel of a fleet answered, as a table and as JSON. */
import { addressText } from '../../explain/index.ts'
import { NodeUnreachable } from '../node-client/node-client.ts'
import { tableText } from '../table-text.ts'
import { KIND_WORDS, type Fleet, type Member } from './fleet.ts'

/** The result of one sentinel that answers. */
export interface MemberResult {
  readonly member: Member
  /** It did what was asked, or there was nothing to do. */
  readonly ok: boolean
  /** In plain words. */
  readonly text: string
  /** More for `--json`. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** Asks all members at once. A connection that fails is a result, too. */
export async function askAll(
  members: readonly Member[], ask: (member: Member) => Promise<Omit<MemberResult, 'member'>>,
): Promise<readonly MemberResult[]> {
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

/** The entries of `sentinels` in the JSON document. */
export function resultDocument(fleet: Fleet, results: readonly MemberResult[], without?: string): readonly object[] {
  const missing = fleet.missing.filter(({ id }) => id === undefined || id !== without)
  return [
    ...results.map(({ member, ok, text, fields }) => ({
      address: addressText(member.address), ...member.id === undefined ? {} : { id: member.id }, kind: member.kind,
      ok, text, ...fields,
    })),
    ...missing.map(({ address, id, problem }) => ({
      address: addressText(address), ...id === undefined ? {} : { id }, kind: 'unknown', ok: false, text: `cannot be asked: ${problem}`,
    })),
  ]
}
