/** This sentinel as a member of its fleet. */
import { hostname } from 'node:os'

import type { MasterExplanation, Now } from '../../core/index.ts'
import { addressText, pageOf, runningEpoch, statusOf, type FleetMember } from '../../explain/index.ts'
import { hostAndPort } from '../../text/index.ts'
import { findingsIn } from '../findings.ts'
import { watch, type Watched } from '../instances.ts'
import type { FleetViewJson } from '../json.ts'
import { epochJson } from '../state.ts'
import type { HttpWorld } from '../world.ts'

/** A master with its explanation, which is made once. */
interface Explained {
  readonly watched: Watched
  readonly explanation: MasterExplanation
}

/** What it says about these masters. */
export function ownMember(world: HttpWorld, masters: readonly string[], now: Now): FleetMember {
  const { view, facts } = world
  const explained = masters.flatMap((name): Explained[] => {
    const [watched, explanation] = [watch(world, name, now), view.explain(name, now)]
    return watched === undefined || explanation === undefined ? [] : [{ watched, explanation }]
  })
  const own = explained.map(({ explanation }) => explanation.own).find((found) => found !== undefined)
  const host = own?.host ?? hostname()
  const address = hostAndPort(host, own?.port ?? facts.tcpPort)
  const { tilt, tiltMs } = view.summary(now)
  return {
    sentinel: {
      address, id: view.myId, isSelf: true, answers: true, problem: null, kind: 'ts-sentinel', version: facts.packageVersion,
      page: pageOf(facts.http, host), tilt,
      tiltLeftMs: tiltMs === undefined ? null : Math.max(0, view.tunable('tilt-period') - tiltMs), ageMs: 0,
    },
    views: new Map(explained.map((one) => [one.watched.master.name, viewJson(world, address, one)])),
    listedFor: new Set(),
  }
}

function viewJson({ facts }: HttpWorld, address: string, { watched, explanation }: Explained): FleetViewJson {
  const { master, replicas, peers, quorum } = watched
  const epoch = runningEpoch(explanation)
  return {
    sentinel: address,
    address: addressText(master),
    configEpoch: epochJson(master.configEpoch),
    status: statusOf(master),
    flags: master.flags,
    failover: master.failoverState ?? null,
    failoverEpoch: epoch === undefined ? null : epochJson(epoch),
    replicas: replicas.length,
    sentinels: peers.length + 1,
    quorum: { ok: quorum.ok, message: quorum.message },
    lastPingReplyMs: master.lastOkPingReplyMs,
    findings: findingsIn(explanation, facts),
  }
}
