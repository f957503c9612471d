/** `/readyz`: ready when every master passes CKQUORUM, so that this sentinel can take part in a failover of each. */
import type { SentinelView } from '../core/index.ts'
import { json, type HttpAnswer } from './answer.ts'
import { READINESS_MS } from './limits.ts'
import { quorumState } from './quorum.ts'

export class Readiness {
  readonly #view: SentinelView
  #last: { readonly answer: HttpAnswer, readonly until: number } | undefined

  constructor(view: SentinelView) {
    this.#view = view
  }

  /** At most `READINESS_MS` old: the path needs no token, so a request must cost next to nothing. */
  answer(): HttpAnswer {
    const now = performance.now()
    if (this.#last === undefined || now >= this.#last.until) {
      this.#last = { answer: readiness(this.#view), until: now + READINESS_MS }
    }
    return this.#last.answer
  }
}

function readiness(view: SentinelView): HttpAnswer {
  const masters = view.masterNames().flatMap((name) => {
    const quorum = quorumState(view, name)
    return quorum === undefined ? [] : [{ name, ok: quorum.ok, message: quorum.message }]
  })
  const ready = masters.length > 0 && masters.every(({ ok }) => ok)
  const reason = masters.length === 0 ? { reason: 'no master is watched' } : {}
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', ...reason, masters })
}
