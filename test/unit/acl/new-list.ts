import { createHash } from 'node:crypto'
import { AccessList } from '../../../src/acl/index.ts'
import { COMMAND_CATALOGUE, globMatch } from '../../../src/commands/index.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Users over the commands of a sentinel, as at the start of one without any configuration. */
export function newList({ allChannelsByDefault = false } = {}): AccessList {
  return new AccessList({ catalogue: COMMAND_CATALOGUE, globMatch, sha256, allChannelsByDefault })
}
