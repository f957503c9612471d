/**
 * Writes the durable state as `sentinel` lines, in the order of the original (config.md 6.3.4). Values are written raw
 * where they read back unchanged, and escaped otherwise: the original writes everything raw, which loses passwords with
 * blanks and lets a line end inside a value start another directive (config.md 6.5).
 */
import {
  INITIAL_GLOBALS, type DurableAddress, type DurableMaster, type DurableState, type Globals, type Setting,
} from '../core/index.ts'
import { lowerAscii, quoteWord, toBytes, writeWord } from '../text/index.ts'
import { sentinelKey, type Emission } from './document.ts'
import type { FileWords } from './file-words.ts'
import { lineWords, SETTING_LINES } from './master-settings.ts'
import { numericAddress } from './numeric-address.ts'

/** What a state file leaves out, because the main file says it. */
export interface Omission {
  /** Global settings that need no line. */
  readonly globals: Globals
  /** The words of the lines that a setting of a master needs, without its name. */
  readonly linesOf: (master: DurableMaster, setting: Setting) => readonly (readonly (string | number)[])[]
}

const NOTHING_OMITTED: Omission = {
  globals: INITIAL_GLOBALS, linesOf: ({ settings }, setting) => lineWords(settings, setting),
}

export function* sentinelEmissions(
  state: DurableState, words: FileWords, omission: Omission = NOTHING_OMITTED,
): Generator<Emission> {
  const { globals } = omission
  const removes = omission !== NOTHING_OMITTED
  yield state.myId === '' ? removed('myid') : forced('myid', state.myId)
  yield flag('deny-scripts-reconfig', state.denyScriptsReconfig, globals.denyScriptsReconfig, removes)
  yield flag('resolve-hostnames', state.resolveHostnames, globals.resolveHostnames, removes)
  yield flag('announce-hostnames', state.announceHostnames, globals.announceHostnames, removes)
  yield* MASTER_KEYS
  for (const master of state.masters) yield* masterEmissions(master, words, omission)
  yield forced('current-epoch', state.currentEpoch)
  yield announceIp(state.announceIp, globals.announceIp)
  yield state.announcePort === globals.announcePort ? removed('announce-port') : forced('announce-port', state.announcePort)
  yield optional('sentinel-user', state.sentinelUser, globals.sentinelUser)
  yield optional('sentinel-pass', state.sentinelPass, globals.sentinelPass)
}

/** Removes lines about masters that are no longer monitored, also when no master is left. */
const MASTER_KEYS: readonly Emission[] = [
  'monitor', 'config-epoch', 'leader-epoch', 'known-replica', 'known-sentinel', ...SETTING_LINES.map(({ name }) => name),
].map(removed)

const FIRST_LINES = SETTING_LINES.filter(({ line }) => line === undefined)
const LAST_LINES = SETTING_LINES.filter(({ line }) => line === 'after-addresses')

function* masterEmissions(master: DurableMaster, { knownReplica }: FileWords, omission: Omission): Generator<Emission> {
  const { name, host, port, settings } = master
  yield forced('monitor', name, host, port, settings.quorum)
  yield* settingLines(master, FIRST_LINES, omission)
  yield forced('config-epoch', name, master.configEpoch)
  yield forced('leader-epoch', name, master.leaderEpoch)
  for (const replica of distinctReplicas(master)) {
    yield { ...forced(knownReplica, name, replica.host, replica.port), key: sentinelKey('known-replica') }
  }
  for (const peer of distinctPeers(master)) yield forced('known-sentinel', name, peer.host, peer.port, peer.runId)
  yield* settingLines(master, LAST_LINES, omission)
}

function* settingLines(master: DurableMaster, lines: readonly Setting[], { linesOf }: Omission): Generator<Emission> {
  for (const setting of lines) {
    for (const words of linesOf(master, setting)) yield forced(setting.name, master.name, ...words)
  }
}

/** Each address once: a file with a repeated one would not load. */
export function distinctReplicas({ replicas }: DurableMaster): readonly DurableAddress[] {
  if (replicas.length < 2) return replicas
  const key = ({ host, port }: DurableAddress) => `${lowerAscii(canonicalHost(host))}:${port}`
  const known = new Map(replicas.map((replica) => [key(replica), replica]))
  return known.size === replicas.length ? replicas : [...known.values()]
}

/** Each run id once. A peer without one is left out: its line would be read as one of an old release, and ignored. */
export function distinctPeers({ sentinels }: DurableMaster): DurableMaster['sentinels'] {
  const known = new Map(sentinels.filter(({ runId }) => runId !== '').map((peer) => [peer.runId, peer]))
  return known.size === sentinels.length ? sentinels : [...known.values()]
}

/** The host in the form in which reading the file gives it. */
export function canonicalHost(host: string): string {
  return numericAddress(host) ?? host
}

type Word = string | number | bigint

function forced(subdirective: string, ...words: readonly Word[]): Emission {
  const key = sentinelKey(subdirective)
  return { key, text: [key, ...words.map((word) => writeWord(toBytes(`${word}`)))].join(' '), forced: true }
}

function removed(subdirective: string): Emission {
  return { key: sentinelKey(subdirective) }
}

/** A line in the file keeps its position, also with the initial value, unless it `removes` such lines. */
function flag(subdirective: string, value: boolean, initial: boolean, removes: boolean): Emission {
  if (removes && value === initial) return removed(subdirective)
  return { ...forced(subdirective, value ? 'yes' : 'no'), forced: value !== initial }
}

/** Empty means "not set", which needs a line only where `initial` is set. */
function optional(subdirective: string, value = '', initial = ''): Emission {
  return value === initial ? removed(subdirective) : forced(subdirective, value)
}

/** Always quoted, as the original does for this one. */
function announceIp(value = '', initial = ''): Emission {
  const key = sentinelKey('announce-ip')
  return value === initial ? { key } : { key, text: `${key} ${quoteWord(toBytes(value))}`, forced: true }
}
