/** The rights that a sentinel needs on data nodes and on other sentinels (docs/hardening.md). */
import { isOlderRelease } from '../core/index.ts'

const EVERY_RELEASE = [
  '+multi', '+exec', '+slaveof', '+ping', '+info', '+publish', '+subscribe', '+config|rewrite', '+client|kill', '+client|setname',
  '+script|kill',
]
const COORDINATED = ['+failover', '+client|pause', '+client|unpause', '+replconf']
const HELLO_CHANNEL = '&__sentinel__:hello'

/** The rights on another sentinel. */
export const PEER_RIGHTS: readonly string[] = [
  '+ping', '+publish', '+sentinel|is-master-down-by-addr', '+client|setname', HELLO_CHANNEL,
]

/**
 * The rules for a user on a data node. `version`: of its server; undefined: a recent one. A server refuses all rules of
 * a command when it does not know one of them.
 */
export function minimumRights(version: string | undefined, { coordinated = false } = {}): readonly string[] {
  const isBefore = (release: string): boolean => version !== undefined && isOlderRelease(version, release)
  return [
    ...EVERY_RELEASE,
    ...isBefore('7.0') ? [] : ['+function|kill'],
    ...coordinated ? COORDINATED : [],
    ...isBefore('6.2') ? [] : [HELLO_CHANNEL],
  ]
}
