import type { Millis } from '../time.ts'

/** A master that has been silent for so long that its replicas are asked about it (detection/witnesses.ts). */
export interface Suspicion {
  /** The moment from which its silence counts. Another one is another suspicion. */
  readonly silentSince: Millis
  /** Replies to INFO count where INFO was sent from this moment on. */
  readonly since: Millis
  /** Set while SDOWN is due and the replicas keep this sentinel from it. */
  withheld: WithheldOpinion | undefined
}

export interface WithheldOpinion {
  /** When SDOWN would have begun. */
  readonly since: Millis
  /** When the replicas are judged again if no INFO arrives before. */
  readonly judgeAt: Millis
}
