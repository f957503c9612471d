import type { Answer, Call } from '../command-spec.ts'

/** ROLE: a sentinel names its masters (protocol.md 1.3). */
export function role({ env }: Call): Answer {
  return ['sentinel', env.view.masterNames()]
}
