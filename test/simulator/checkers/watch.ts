/** What every checker is given: the run that it watches, and where to report. */
import type { Now, SentinelView } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Attempts } from './attempts.ts'
import type { Losses } from './losses.ts'
import type { Votes } from './votes.ts'

export interface Watch {
  readonly cluster: Cluster
  readonly attempts: Attempts
  readonly losses: Losses
  readonly votes: Votes
  /** Something happened that must not. */
  readonly report: (text: string) => void
}

export interface Checker {
  /** The rule, as a violation names it. */
  readonly invariant: string
  readonly watch: (watch: Watch) => Observer
}

/** The master that a sentinel watches at this address. */
export function masterNameAt(
  { view }: SentinelNode, { host, port }: { readonly host: string, readonly port: number }, now: Now,
): string | undefined {
  return view?.masterNames().find((name) => {
    const master = view.master(name, now)
    return master?.host === host && master.port === port
  })
}

/** What the disk keeps, of the masters that its configuration names: after a crash it may keep more. */
export function monitoredOf<Kept>(
  { disk }: SentinelNode, kept: ReadonlyMap<string, Kept>,
): (readonly [string, Kept])[] {
  const names = new Set(disk.content.masters.map(({ name }) => name))
  return [...kept].filter(([name]) => names.has(name))
}

/** Several checkers ask about the same command one after the other. */
let lastAsked: { readonly argv: readonly string[], readonly hello: SentHello | undefined } | undefined

/** The eight fields of a hello that a sentinel sends; undefined for other commands. */
export function sentHello(argv: readonly string[]): SentHello | undefined {
  if (lastAsked?.argv !== argv) lastAsked = { argv, hello: readHello(argv) }
  return lastAsked.hello
}

function readHello(argv: readonly string[]): SentHello | undefined {
  const [, , payload] = argv
  const fields = payload?.split(',') ?? []
  const [, , , epoch, master, host, port, configEpoch] = fields
  if (epoch === undefined || master === undefined || host === undefined) return undefined
  if (port === undefined || configEpoch === undefined) return undefined
  return { epoch: BigInt(epoch), master, host, port: Number(port), configEpoch: BigInt(configEpoch) }
}

export interface SentHello {
  readonly epoch: bigint
  readonly master: string
  readonly host: string
  readonly port: number
  readonly configEpoch: bigint
}

export function tunable(view: SentinelView | undefined, name: Parameters<SentinelView['tunable']>[0]): number {
  return view?.tunable(name) ?? 0
}

/** How many of these sentinels this one knows. */
export function knownPeers({ memory }: SentinelNode, master: string, ids: ReadonlySet<string>): number {
  const peers = memory?.state.masters.get(master)?.peers.values() ?? []
  return [...peers].filter(({ runId }) => ids.has(runId)).length
}
