import type { Answer, Call } from '../command-spec.ts'

/** ROLE: the reply has the names of the masters (protocol.md 1.3). */
export function role({ env }: Call): Answer {
  return ['sentinel', env.view.masterNames()]
}
