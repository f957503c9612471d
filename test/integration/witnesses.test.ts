/** Sentinels cut off from a master, and masters that die, with `witnesses` on (docs/decisions/0050-witnesses.md). */
import { describe, expect, it } from 'vitest'

import {
  CLIENT, clock, eventually, killMaster, notYet, pauseMaster, type Deployment, type FaultPoint, type Network,
} from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'
import { withSettings } from './support/settings-file.ts'

const DOWN_AFTER_MS = 2000
/** The clock of a silent master starts with the first PING after the last answer; a replacement takes some 100 ms. */
const PING_PERIOD_MS = 1000
const PATIENCE_MS = 1000
const BLOCKED_MS = 3 * DOWN_AFTER_MS
const ON = () => ['[protection]', 'witnesses = yes']
const OFF = () => []
const OPTIONS = { sentinels: fleet(3), replicas: 2, network: 'relayed', downAfterMs: DOWN_AFTER_MS, failoverTimeoutMs: 10_000 } as const
const OF_MASTER = /^master /

type Between = (network: Network, sentinel: string, master: string) => void

const FIREWALLS: Readonly<Record<string, Between>> = {
  'rejects their packets': (network, sentinel, master) => { network.cut(sentinel, master) },
  'drops their packets': (network, sentinel, master) => {
    network.silence(sentinel, master)
    network.silence(master, sentinel)
  },
}

describe('with witnesses', () => {
  const count = rounds(1)

  it.each(Object.keys(FIREWALLS))('sentinels leave the master alone if a firewall %s, and replace it at once when it dies', async (how) => {
    for (let round = 1; round <= count; round++) {
      await withSettings(OPTIONS, ON, async ({ deployment }) => {
        const writer = await deployment.startWriter()
        const { timeline } = deployment
        const after = timeline.position
        eachSentinel(deployment, FIREWALLS[how])
        for (const { name } of deployment.sentinels) await timeline.waitFor({ event: '+witnessed', source: name, after })
        // Most of witness-max: five times down-after.
        await writer.nextAcknowledged()
        await masterSilentFor(deployment, 4 * DOWN_AFTER_MS)
        expect(timeline.all({ event: '+sdown', text: OF_MASTER, after })).toEqual([])
        expect(timeline.all({ event: '-witnessed', after })).toEqual([])

        const fault = await killMaster(deployment)
        const values = await replacedAfter(deployment, fault)
        report({ scenario: `killed while a firewall ${how}`, round, values })
        expect(values.switchMs).toBeLessThan(DOWN_AFTER_MS + PATIENCE_MS)
      })
    }
  }, limitFor(count, 60_000))

  it('sentinels whose questions are answered late leave the master alone', async () => {
    await withSettings(OPTIONS, ON, async ({ deployment }) => {
      await deployment.startWriter()
      const { timeline } = deployment
      const after = timeline.position
      eachSentinel(deployment, (network, sentinel, master) => { network.delay(sentinel, master, DOWN_AFTER_MS) })
      for (const { name } of deployment.sentinels) await timeline.waitFor({ event: '+witnessed', source: name, after })
      for (const source of deployment.sentinels.map(({ name }) => name)) {
        await timeline.waitFor({ event: '-witnessed', text: /#the master answers again/, source, after })
      }
      expect(timeline.all({ event: '+sdown', text: OF_MASTER, after })).toEqual([])
    })
  }, limitFor(1, 60_000))
})

type Death = (deployment: Deployment) => Promise<FaultPoint>

const DEATHS: Readonly<Record<string, Death>> = {
  'is killed': (deployment) => killMaster(deployment),
  'is stopped': (deployment) => pauseMaster(deployment),
  'vanishes with its machine': vanish,
  'is blocked by a command': block,
}

describe('with witnesses as without them, a master', () => {
  const count = rounds(1)

  it.each(Object.keys(DEATHS))('is replaced soon after it %s', async (how) => {
    const die = DEATHS[how] ?? killMaster
    for (let round = 1; round <= count; round++) {
      for (const [name, settings] of [['with', ON], ['without', OFF]] as const) {
        await withSettings(OPTIONS, settings, async ({ deployment }) => {
          await (await deployment.startWriter()).nextAcknowledged()
          const fault = await die(deployment)
          const values = await replacedAfter(deployment, fault)
          report({ scenario: `master ${how}, ${name} witnesses`, round, values })
          expect(values.switchMs).toBeLessThan(DOWN_AFTER_MS + PING_PERIOD_MS + PATIENCE_MS)
          expect(values.withheldMs).toBeLessThan(PING_PERIOD_MS)
        })
      }
    }
  }, limitFor(count, 90_000))
})

function eachSentinel({ sentinels, network, group }: Deployment, between: Between | undefined): void {
  const [master] = group.nodes
  if (network === undefined || master === undefined) throw new Error('the deployment has no relays')
  for (const { name } of sentinels) between?.(network, name, master.name)
}

/** From the fault to the first SDOWN and the first switch, and for how long a sentinel withheld SDOWN at most. */
async function replacedAfter({ timeline }: Deployment, { at, position: after }: FaultPoint) {
  const down = await timeline.waitFor({ event: '+sdown', text: OF_MASTER, after })
  const switched = await timeline.waitFor({ event: '+switch-master', after })
  const withheld = timeline.all({ event: '+witnessed', after }).map((begin) => (
    (timeline.first({ event: '-witnessed', source: begin.source, after }) ?? switched).at - begin.at
  ))
  return { sdownMs: down.at - at, switchMs: switched.at - at, withheldMs: Math.max(0, ...withheld) }
}

/** All packets to and from the master are lost. Connections to it stay open, and new ones get no answer. */
async function vanish(deployment: Deployment): Promise<FaultPoint> {
  const { network, timeline, nodes, sentinels } = deployment
  const node = await deployment.currentMaster()
  const fault = { node, at: clock(), position: timeline.position }
  for (const { name } of [...nodes, ...sentinels, { name: CLIENT }]) {
    if (name === node.name) continue
    network?.silence(name, node.name)
    network?.silence(node.name, name)
  }
  return fault
}

/** The master executes one command for longer than a replacement takes. */
async function block(deployment: Deployment): Promise<FaultPoint> {
  const node = await deployment.currentMaster()
  const fault = { node, at: clock(), position: deployment.timeline.position }
  // The answer is not waited for: the deployment may end before.
  node.call(['DEBUG', 'SLEEP', String(BLOCKED_MS / 1000)], 2 * BLOCKED_MS).catch(() => undefined)
  return fault
}

/** The sentinel's own account of the time is waited for, not a clock of the test. */
async function masterSilentFor(deployment: Deployment, ms: number): Promise<void> {
  await eventually(`no answer of the master for ${ms} ms`, async () => {
    const { 'last-ok-ping-reply': silent } = await deployment.sentinel(0).master(deployment.group.name)
    if (!(Number(silent) >= ms)) throw notYet(`last-ok-ping-reply is ${silent}`)
  }, { timeoutMs: ms + 10_000 })
}
