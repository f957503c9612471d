import { describe, expect, it } from 'vitest'

import type { Obstacle } from '../../../src/core/index.ts'
import { obstacleText } from '../../../src/explain/index.ts'

const REFUSAL = { purpose: 'ask', command: 'SENTINEL IS-MASTER-DOWN-BY-ADDR', error: 'NOAUTH', ageMs: 1500 } as const

describe('the sentence about an obstacle', () => {
  it.each<readonly [Obstacle, string]>([
    [{ kind: 'no-good-replica', excluded: [{ why: 'down', count: 1 }, { why: 'priority-zero', count: 2 }] },
      'no replica can be promoted: 1 is down, 2 have replica-priority 0'],
    [{ kind: 'no-good-replica', excluded: [{ why: 'master-link-down-too-long', count: 1 }, { why: 'down', count: 2 }] },
      'no replica can be promoted: 1 has been disconnected from the master for too long, 2 are down'],
    [{ kind: 'peers-refuse', count: 1, refusal: REFUSAL },
      '1 other sentinel refuses commands: it answered SENTINEL IS-MASTER-DOWN-BY-ADDR with "NOAUTH" 1.5 s ago'],
    [{ kind: 'peers-refuse', count: 2, refusal: REFUSAL },
      '2 other sentinels refuse commands: one of them answered SENTINEL IS-MASTER-DOWN-BY-ADDR with "NOAUTH" 1.5 s ago'],
    [{ kind: 'quorum-out-of-reach', quorum: 2, reachable: 1, known: 1 },
      'the quorum is 2, but only this sentinel is known; lower the quorum or start more sentinels'],
    [{ kind: 'quorum-out-of-reach', quorum: 3, reachable: 1, known: 2 },
      'the quorum is 3, but only 2 sentinels are known, this one included; lower the quorum or start more sentinels'],
    [{ kind: 'witnessed', alive: 2, reachable: 2, answeredMs: 9000, forMs: 4000, leftMs: 21_000 },
      '2 of 2 replicas still receive data from the master, which has not answered this sentinel for 9.0 s; it would have counted as'
      + ' down for 4.0 s and is not taken for down for another 21.0 s at most (witness-max)'],
    [{ kind: 'no-quorum', agree: 1, quorum: 3, disagree: 1, unreachable: 2 },
      'no quorum: 1 sentinel sees the master down, and the quorum is 3; of the others, 1 does not see it down and 2 cannot be reached'],
  ])('has singular and plural of its figures: %o', (obstacle, words) => {
    expect(obstacleText(obstacle)).toBe(words)
  })
})
