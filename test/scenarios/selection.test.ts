/** Which replica is chosen, and how the others are brought to it (behaviour.md 9.3, 9.6). */
import { describe, expect } from 'vitest'
import { Writer } from '../simulator/index.ts'
import { scenario, type Stage } from './support/stage.ts'

async function killMaster(stage: Stage): Promise<void> {
  stage.cluster.node('m').kill()
  await stage.hears('+failover-end', 15_000)
  await stage.until('all agree', () => stage.agreedMaster !== undefined, 1000)
}

function nodes(...priorities: number[]) {
  return [{ replicas: priorities.map((priority) => ({ priority })) }]
}

/** Stops replication of one node without a word, and lets the master go on writing. */
async function letLagBehind(stage: Stage, node: string): Promise<void> {
  const { cluster } = stage
  cluster.network.block('10.0.1.1', cluster.node(node).ip)
  const writer = new Writer(cluster, { name: 'w', ip: '10.0.9.1', group: 'mymaster', everyMs: 50, firstId: 1 })
  await stage.run(2000)
  writer.stop()
  expect(cluster.node(node).dataset.offset).toBeLessThan(cluster.node('m').dataset.offset)
}

describe('the selection', () => {
  scenario('prefers the lowest priority', { seed: 41, groups: nodes(100, 50, 90) }, async (stage) => {
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r2')
  })

  scenario('never promotes a replica with priority 0', { seed: 42, groups: nodes(0, 0, 200) }, async (stage) => {
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r3')
  })

  scenario('prefers the highest offset among equal priorities', { seed: 43, groups: nodes(100, 100, 100) }, async (stage) => {
    await letLagBehind(stage, 'r1')
    await letLagBehind(stage, 'r3')
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r2')
  })

  scenario('prefers a lower priority to a higher offset', { seed: 44, groups: nodes(10, 100) }, async (stage) => {
    await letLagBehind(stage, 'r1')
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r1')
  })

  scenario('prefers the smaller run id among equal priorities and offsets', { seed: 45, groups: nodes(100, 100, 100) }, async (stage) => {
    const smallest = ['r1', 'r2', 'r3'].sort((a, b) => stage.cluster.node(a).runId < stage.cluster.node(b).runId ? -1 : 1)[0]
    await killMaster(stage)
    expect(stage.agreedMaster).toBe(smallest)
  })

  scenario('leaves out a replica that is down', { seed: 46, groups: nodes(10, 100) }, async (stage) => {
    stage.cluster.node('r1').kill()
    await stage.run(5000)
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r2')
  })

  scenario('leaves out a replica that lost its master long ago', { seed: 47, groups: [{ downAfterMs: 1000, replicas: [{ priority: 10 }, {}] }] }, async (stage) => {
    // More than 10x down-after.
    stage.cluster.network.cut('10.0.1.1', '10.0.1.2')
    stage.cluster.network.block('10.0.1.1', '10.0.1.2')
    await stage.run(25_000)
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r2')
  })

  scenario('fails with -failover-abort-no-good-slave when no replica is eligible', { seed: 48, groups: nodes(0, 0) }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-no-good-slave', 10_000)
    expect(stage.agreedMaster).toBe('m')
    stage.cluster.node('m').start()
    await stage.rests(20_000)
    expect(stage.agreedMaster).toBe('m')
  })
})

describe('a master that follows one of its replicas', () => {
  scenario('is replaced although its replicas lost it long before it counts as down', { seed: 222, groups: [{ downAfterMs: 800 }] }, async (stage) => {
    // The order of a sentinel with an older configuration: both nodes follow each other, and neither link can be up.
    const [m, r1] = [stage.cluster.node('m'), stage.cluster.node('r1')]
    m.replicaOf(r1.ip, '6379')
    stage.cluster.node('r2').kill()
    await stage.until('all agree on r1', () => stage.agreedMaster === 'r1', 90_000)
    await stage.until('r1 is a master', () => stage.cluster.node('r1').isMaster, 1000)
    expect(stage.count('-failover-abort-no-good-slave')).toBe(0)
  })
})

describe('a master that comes back as a replica after it was down', () => {
  scenario('is replaced although its replicas lost it at the beginning of that time', {
    seed: 223, groups: [{ downAfterMs: 800, replicas: 1 }],
  }, async (stage) => {
    const [m, r1] = [stage.cluster.node('m'), stage.cluster.node('r1')]
    m.kill()
    await stage.until('r1 has lost its master', () => !r1.replication.isLinkUp, 500)
    // Its replica cannot be promoted meanwhile.
    stage.do({ kind: 'partition', side: ['r1'], isOneWay: false, ms: 20_000 })
    await stage.run(20_000)
    m.start()
    m.replicaOf(r1.ip, '6379')
    await stage.until('all agree on r1', () => stage.agreedMaster === 'r1', 90_000)
    await stage.until('r1 is a master', () => stage.cluster.node('r1').isMaster, 1000)
  })
})

describe('a promoted replica that dies before the other sentinels have accepted it, and comes back as a replica', () => {
  scenario('is replaced by the old master, which lost it long before that was known', {
    seed: 224, sentinels: 2, groups: [{ downAfterMs: 500, replicas: 1, quorum: 2 }],
  }, async (stage) => {
    const [m, r1] = [stage.cluster.node('m'), stage.cluster.node('r1')]
    await stage.run(2000)
    stage.do({
      kind: 'ambush', event: '+promoted-slave', delayMs: 0, strike: 'isolate the speaker, then kill the node', ms: 40_000,
    })
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster', coordinated: {} })
    await stage.until('r1 has been killed', () => !r1.isUp, 30_000)
    await stage.until('the partition has ended', () => stage.agreedMaster === 'r1', 60_000)
    r1.start()
    r1.replicaOf(m.ip, '6379')
    await stage.until('m is the master again', () => stage.agreedMaster === 'm' && m.isMaster, 60_000)
    expect(stage.count('-failover-abort-no-good-slave')).toBe(0)
  })
})

describe('parallel-syncs', () => {
  const group = { replicas: 5, nodes: { fullSyncMs: 2000 } }

  /** Highest number of replicas between sent and done. */
  function crowd(stage: Stage): number {
    let now = 0
    let most = 0
    for (const { event } of stage.lines(stage.leader)) {
      if (event?.name === '+slave-reconf-sent') now += 1
      if (event?.name === '+slave-reconf-done') now -= 1
      most = Math.max(most, now)
    }
    return most
  }

  scenario('1 reconfigures one replica after the other', { seed: 49, groups: [{ ...group, parallelSyncs: 1 }] }, async (stage) => {
    await killMaster(stage)
    expect(stage.count('+slave-reconf-done')).toBe(4)
    expect(crowd(stage)).toBe(1)
  })

  scenario('3 reconfigures three replicas at a time', { seed: 50, groups: [{ ...group, parallelSyncs: 3 }] }, async (stage) => {
    await killMaster(stage)
    expect(stage.count('+slave-reconf-done')).toBe(4)
    expect(crowd(stage)).toBe(3)
  })

  scenario('does not wait for a replica that is stopped longer than failover-timeout', {
    seed: 51, groups: [{ ...group, failoverTimeoutMs: 8000, downAfterMs: 3000 }],
  }, async (stage) => {
    stage.do({ kind: 'pause-node', node: 'r1', ms: 60_000 })
    await killMaster(stage)
    expect(stage.count('+switch-master', stage.leader)).toBe(1)
    await stage.run(60_000)
    stage.cluster.node('m').start()
    await stage.rests(60_000)
  })
})

describe('a replica that never synchronised with its master', () => {
  const shortOne = [{ replicas: 1, failoverTimeoutMs: 4000 }]
  const write = async (stage: Stage) => {
    const writer = new Writer(stage.cluster, { name: 'w', ip: '10.0.9.1', group: 'mymaster', everyMs: 50, firstId: 1 })
    await stage.run(2000)
    writer.stop()
    return writer
  }

  scenario('is left out although it has the best priority', { seed: 421, groups: nodes(10, 100) }, async (stage) => {
    await write(stage)
    stage.do({ kind: 'never-synchronised', node: 'r1', withData: true, ms: 600_000 })
    await stage.run(5000)
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r2')
  })

  scenario('is promoted when it is the only one and holds data', { seed: 422, groups: nodes(100) }, async (stage) => {
    await write(stage)
    stage.do({ kind: 'never-synchronised', node: 'r1', withData: true, ms: 600_000 })
    await stage.run(5000)
    await killMaster(stage)
    expect(stage.agreedMaster).toBe('r1')
  })

  scenario(
    'and is empty is not promoted, and the returning master keeps its data',
    { seed: 423, groups: shortOne },
    async (stage) => {
      await write(stage)
      const held = stage.cluster.node('m').dataset.writes.length
      expect(held).toBeGreaterThan(0)
      stage.do({ kind: 'never-synchronised', node: 'r1', withData: false, ms: 600_000 })
      await stage.run(3000)
      stage.cluster.node('m').kill()
      await stage.hears('-failover-abort-no-good-slave', 20_000)
      await stage.run(20_000)
      expect(stage.count('+selected-slave')).toBe(0)
      stage.cluster.node('m').start()
      stage.cluster.node('r1').canFollow = true
      await stage.rests(30_000)
      expect(stage.agreedMaster).toBe('m')
      expect(stage.cluster.node('m').dataset.writes).toHaveLength(held)
    },
  )

  scenario('and was promoted by hand becomes the master of the failover', { seed: 425, groups: shortOne }, async (stage) => {
    await write(stage)
    stage.do({ kind: 'never-synchronised', node: 'r1', withData: false, ms: 600_000 })
    await stage.run(3000)
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-no-good-slave', 20_000)
    stage.cluster.node('r1').replicaOf('NO', 'ONE')
    await stage.until('all agree on it', () => stage.agreedMaster === 'r1', 30_000)
  })
})
