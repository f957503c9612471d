import { error, OK } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { submit } from './operation-reply.ts'

const UNKNOWN = error('ERR Unknown failure simulation specified')
const FAILURES = Object.freeze(['crash-after-election', 'crash-after-promotion'])

/** SENTINEL SIMULATE-FAILURE word…: each call replaces what was armed, also when it fails (protocol.md 2.16). */
export function simulateFailure({ argv, env }: Call): Answer {
  const armed = new Set<string>()
  let reply: RespValue = OK
  for (const typed of argv.slice(2)) {
    const word = typed.toLowerCase()
    if (FAILURES.includes(word)) {
      armed.add(word)
      continue
    }
    reply = word === 'help' ? FAILURES : UNKNOWN
    break
  }
  const failure = {
    crashAfterElection: armed.has('crash-after-election'),
    crashAfterPromotion: armed.has('crash-after-promotion'),
  }
  return submit(env, { kind: 'simulate-failure', failure }, () => reply)
}
