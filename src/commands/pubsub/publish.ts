import { HELLO_CHARS_MAX } from '../../core/index.ts'
import { error } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'

const HELLO_CHANNEL = '__sentinel__:hello'
const HELLO_ONLY = error('ERR Only HELLO messages are accepted by Sentinel instances.')

/**
 * PUBLISH is how other sentinels hand us their hello messages; nothing reaches our subscribers (protocol.md 1.5).
 * The answer promises nothing about our state, so it waits for no save: a slow disk here must not look like a slow
 * link there.
 */
export function publish({ argv, env }: Call): Answer {
  const [, channel, payload = ''] = argv
  if (channel !== HELLO_CHANNEL) return HELLO_ONLY
  if (payload.length <= HELLO_CHARS_MAX) env.operator.submit({ kind: 'hello', payload }, ignoreOutcome)
  return 1
}

function ignoreOutcome(): void {
  // Whatever the hello changed is told by events; the reply is always 1.
}
