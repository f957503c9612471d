import { HELLO_CHARS_MAX } from '../../core/index.ts'
import { error } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'

const HELLO_CHANNEL = '__sentinel__:hello'
const HELLO_ONLY = error('ERR Only HELLO messages are accepted by Sentinel instances.')

/**
 * Other sentinels send us their hello messages by PUBLISH; subscribers do not receive them (protocol.md 1.5). The
 * answer contains nothing of our state, so it waits for no save: for the sender, a slow disk must not look like a slow
 * link.
 */
export function publish({ argv, env }: Call): Answer {
  const [, channel, payload = ''] = argv
  if (channel !== HELLO_CHANNEL) return HELLO_ONLY
  if (payload.length <= HELLO_CHARS_MAX) env.operator.submit({ kind: 'hello', payload }, ignoreOutcome)
  return 1
}

function ignoreOutcome(): void {
  // Events report what the hello changed; the reply is always 1.
}
