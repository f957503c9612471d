/**
 * `/readyz`: ready when every master passes CKQUORUM and this sentinel is not in TILT, so that it can take part in a
 * failover of each. A master that is down or read-only is named in the answer, but the sentinel stays ready. Otherwise
 * a load balancer would remove all sentinels at the moment in which clients need their answers.
 */
import { json, type HttpAnswer } from './answer.ts'
import { READINESS_MS } from './limits.ts'
import type { ReadinessDocument } from './json.ts'
import { quorumState } from './quorum.ts'
import { masterFindings } from './findings.ts'
import type { MasterView } from '../core/index.ts'
import type { HttpWorld } from './world.ts'

export type ReadinessWorld = Pick<HttpWorld, 'view' | 'now' | 'facts'>

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

/** Whether it may be down, read-only or unreachable. The diagnosis costs more than this. */
function isTroubled({ flags, failoverState, roleReported, lostData, witnessed }: MasterView): boolean {
  return flags.some((flag) => TROUBLE.has(flag)) || failoverState !== undefined || roleReported !== 'master' || lostData !== undefined
    || witnessed !== undefined
}

const TROUBLE: ReadonlySet<string> = new Set(['s_down', 'o_down', 'disconnected'])

function readiness(world: ReadinessWorld): HttpAnswer {
  const { view } = world
  const at = world.now()
  const { tilt } = view.summary(at)
  const masters = view.masterNames().flatMap((name) => {
    const [master, quorum] = [view.master(name, at), quorumState(view, name)]
    if (master === undefined || quorum === undefined) return []
    const findings = tilt || isTroubled(master) ? masterFindings(world, name, at) : []
    const warning = (findings.find(({ code }) => tilt && code === 'tilt') ?? findings[0])?.text
    return [{ name, ok: quorum.ok, message: quorum.message, ...warning === undefined ? {} : { warning } }]
  })
  const reason = masters.length === 0 ? 'no master is monitored' : tilt ? tiltReason(masters) : undefined
  const ready = reason === undefined && masters.every(({ ok }) => ok)
  const document: ReadinessDocument = {
    schemaVersion: 1, status: ready ? 'ready' : 'not ready', ...reason === undefined ? {} : { reason }, masters,
  }
  return json(ready ? 200 : 503, document)
}

/** How long this sentinel will not act, and how many others can. */
function tiltReason(masters: readonly { readonly warning?: string }[]): string {
  return masters.find(({ warning }) => warning !== undefined)?.warning ?? 'this sentinel is in TILT and will not act'
}
