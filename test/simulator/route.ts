/** One direction between two machines: how long things take, and whether they arrive at all. */
import type { Micros } from './event-queue.ts'
import type { SimRandom } from './random.ts'

export interface Delay {
  readonly min: Micros
  /** Added evenly distributed from 0 to this. */
  readonly jitter: Micros
}

/** A local network. */
export const LOCAL_DELAY: Delay = Object.freeze({ min: 100, jitter: 200 })

/** What replies to attempts to connect instead of the node: a firewall, a router or a relay. */
export type Interception = 'refused' | 'unreachable' | 'reset'

export class Route {
  /** Undefined: the node itself replies. */
  interception: Interception | undefined
  /** When a firewall refused connections last; undefined = never, or it still does. */
  refusedUntil: Micros | undefined

  delay: Delay
  /** How many faults block it. Then everything disappears silently, and is sent again when the route opens. */
  blocks = 0

  constructor(delay: Delay) {
    this.delay = delay
  }

  get isBlocked(): boolean {
    return this.blocks > 0
  }

  /** The longest time that something takes, in milliseconds. */
  get slowestMs(): number {
    return (this.delay.min + this.delay.jitter) / 1000
  }

  draw(random: SimRandom): Micros {
    const { min, jitter } = this.delay
    return jitter === 0 ? min : min + random.below(jitter)
  }
}
