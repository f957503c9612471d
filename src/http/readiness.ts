/**
 * `/readyz`: ready when every master passes CKQUORUM, so that this sentinel can take part in a failover of each. A
 * master that is down or read-only is named in the answer, but the sentinel stays ready. Otherwise a load balancer
 * would remove all sentinels at the moment in which clients need their answers.
 */
import { json, type HttpAnswer } from './answer.ts'
import { READINESS_MS } from './limits.ts'
import { quorumState } from './quorum.ts'
import { stateWarning } from './warnings.ts'
import type { HttpWorld } from './world.ts'

export type ReadinessWorld = Pick<HttpWorld, 'view' | 'now'>

export class Readiness {
  readonly #world: ReadinessWorld
  #last: { readonly answer: HttpAnswer, readonly until: number } | undefined

  constructor(world: ReadinessWorld) {
    this.#world = world
  }

  /** The answer, at most `READINESS_MS` old. The path needs no token, so a request must be very cheap. */
  answer(): HttpAnswer {
    const now = performance.now()
    if (this.#last === undefined || now >= this.#last.until) {
      this.#last = { answer: readiness(this.#world), until: now + READINESS_MS }
    }
    return this.#last.answer
  }
}

function readiness({ view, now }: ReadinessWorld): HttpAnswer {
  const at = now()
  const masters = view.masterNames().flatMap((name) => {
    const [master, quorum] = [view.master(name, at), quorumState(view, name)]
    if (master === undefined || quorum === undefined) return []
    const warning = stateWarning(master)
    return [{ name, ok: quorum.ok, message: quorum.message, ...warning === undefined ? {} : { warning } }]
  })
  const ready = masters.length > 0 && masters.every(({ ok }) => ok)
  const reason = masters.length === 0 ? { reason: 'no master is monitored' } : {}
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', ...reason, masters })
}
