/** What all sentinels say, as one document: for HTTP, which asks the peers, and for the tools, which ask all. */
import type {
  FleetAddressJson, FleetMasterJson, FleetSentinelJson, FleetViewJson, StatusDocument,
} from '../documents/index.ts'
import { compareEpochs } from './compare-epochs.ts'
import { findingFromJson, findingJson } from './finding-fields.ts'
import { diagnoseFleet, type MemberReport } from './fleet-diagnosis.ts'

/** One sentinel and what it says. */
export interface FleetMember {
  readonly sentinel: FleetSentinelJson
  /** What it says about each master that it monitors, by name. Empty when it does not answer. */
  readonly views: ReadonlyMap<string, FleetViewJson>
  /** Masters that it should monitor, because another sentinel lists it for them. */
  readonly listedFor: ReadonlySet<string>
}

export interface Fleet {
  /** The sentinel that was asked first, and those that it knows. */
  readonly members: readonly FleetMember[]
  /** The masters of the document. */
  readonly masters: readonly string[]
  /** Unix time in milliseconds. */
  readonly wall: number
}

export function fleetDocument({ members, masters, wall }: Fleet): StatusDocument {
  return {
    schemaVersion: 1,
    time: new Date(wall).toISOString(),
    sentinels: members.map(({ sentinel }) => sentinel),
    masters: masters.flatMap((name) => fleetMaster(name, members) ?? []),
  }
}

/** Undefined when no sentinel that answers monitors it. */
function fleetMaster(name: string, members: readonly FleetMember[]): FleetMasterJson | undefined {
  const views = members.flatMap(({ views: all }) => all.get(name) ?? [])
  const addresses = addressesOf(views)
  const [best] = addresses
  if (best === undefined) return undefined
  const concerned = members.filter((member) => member.views.has(name) || member.listedFor.has(name))
  return {
    name,
    address: best.address,
    configEpoch: best.configEpoch,
    findings: diagnoseFleet(concerned.map((member) => reportOf(member, name))).map(findingJson),
    agreed: addresses.length === 1,
    addresses,
    views,
  }
}

/** The addresses that sentinels name, the one with the highest configuration epoch first. */
function addressesOf(views: readonly FleetViewJson[]): FleetAddressJson[] {
  const byAddress = new Map<string, FleetAddressJson>()
  for (const { address, configEpoch, sentinel } of views) {
    const known = byAddress.get(address)
    const isNewer = known === undefined || compareEpochs(configEpoch, known.configEpoch) > 0
    byAddress.set(address, {
      address, configEpoch: isNewer ? configEpoch : known.configEpoch, sentinels: [...known?.sentinels ?? [], sentinel],
    })
  }
  return [...byAddress.values()].sort((a, b) => compareEpochs(b.configEpoch, a.configEpoch))
}

function reportOf({ sentinel, views }: FleetMember, name: string): MemberReport {
  const { address, isSelf, id, kind, problem, answers, tiltLeftMs } = sentinel
  const view = views.get(name)
  return {
    address, isSelf, id: id ?? undefined, kind: kind === 'ts-sentinel' ? 'ours' : kind ?? 'original',
    problem: answers && view === undefined ? `it does not monitor ${name}` : problem ?? undefined,
    view: view === undefined ? undefined : {
      master: view.address, configEpoch: view.configEpoch, flags: view.flags, tiltLeftMs: tiltLeftMs ?? undefined,
      isLeading: view.failover !== null, leadingEpoch: view.failoverEpoch ?? undefined,
      findings: view.findings.map(findingFromJson),
    },
  }
}
