/** The `sentinel` directives (config.md 3). Each row checks in the order of the original and refuses in its words. */
import { namesOf, type DurableAddress, type MasterSettings, type Setting } from '../core/index.ts'
import { lowerAscii, toBytes } from '../text/index.ts'
import type { ConfigEnvironment } from './environment.ts'
import { isExhausted } from './line-remarks.ts'
import type { LineRemark } from './loading.ts'
import { applyLine, SETTING_LINES, wordCount } from './master-settings.ts'
import { readLax32, readLaxU64 } from './number-readers.ts'
import { numericAddress } from './numeric-address.ts'
import { newMaster, type MasterDraft, type SentinelDraft } from './sentinel-draft.ts'

/** What a line changes and reports to. */
export interface SentinelContext {
  readonly draft: SentinelDraft
  readonly environment: ConfigEnvironment
  /** Called with a host name that cannot be used, for the log. */
  readonly resolveFailed: (host: string) => void
  /** Reports that the present line loads but should be changed. */
  readonly remark: (kind: LineRemark['kind']) => void
  /** Takes the path of the state file. Returns why the line is refused. */
  readonly stateFile: (path: string) => string | undefined
  /** Undefined in the main file. */
  readonly inherited: Inherited | undefined
}

/** What the lines of a state file take from the main file (`state-draft.ts`). */
export interface Inherited {
  /** Puts a master that only the main file has into the draft; undefined when that does not have it either. */
  adopt(name: string): MasterDraft | undefined
  /** The settings that the main file gives a master. */
  settings(name: string): MasterSettings | undefined
}

export interface SentinelDirective {
  /** Lines run in three groups, whatever their order in the text (config.md 2.8). */
  readonly group: 'global' | 'monitor' | 'master'
  readonly counts: readonly number[]
  /** Called with a number of arguments that is in `counts`. Returns why the line is refused. */
  readonly apply: (context: SentinelContext, args: readonly string[]) => string | undefined
}

const NO_SUCH_MASTER = 'No such master with specified name.'

function global(
  apply: (draft: SentinelDraft, argument: string, context: SentinelContext) => string | undefined,
): SentinelDirective {
  return { group: 'global', counts: [1], apply: (context, [argument = '']) => apply(context.draft, argument, context) }
}

/** A line about one master, whose name is its first argument. */
function ofMaster(
  count: number, apply: (master: MasterDraft, args: readonly string[], context: SentinelContext) => string | undefined,
): SentinelDirective {
  return {
    group: 'master',
    counts: [count],
    apply: (context, [name = '', ...args]) => {
      const master = context.draft.masters.get(name) ?? context.inherited?.adopt(name)
      return master === undefined ? NO_SUCH_MASTER : apply(master, args, context)
    },
  }
}

function yesOrNo(
  key: 'denyScriptsReconfig' | 'resolveHostnames' | 'announceHostnames', problem: string,
): SentinelDirective {
  return global((draft, argument) => {
    const word = lowerAscii(argument)
    if (word !== 'yes' && word !== 'no') return problem
    draft[key] = word === 'yes'
    return undefined
  })
}

/** An empty text keeps the value so far; in a state file it unsets the value of the main file. */
function optionalText(key: 'announceIp' | 'sentinelUser' | 'sentinelPass'): SentinelDirective {
  return global((draft, argument, { inherited }) => {
    if (argument !== '') draft[key] = argument
    else if (inherited !== undefined) draft[key] = undefined
    return undefined
  })
}

function settingLine(setting: Setting): SentinelDirective {
  return ofMaster(1 + wordCount(setting), ({ settings }, words, { environment, inherited }) => (
    applyLine(settings, setting, words, (path) => (path === '' && inherited !== undefined) || environment.isExecutable(path))
  ))
}

const SETTING_DIRECTIVES = SETTING_LINES.flatMap((setting) => (
  namesOf(setting).map((name): [string, SentinelDirective] => [name, settingLine(setting)])
))

/** The address of a line, or why the line has none. */
function readAddress(
  { draft, resolveFailed }: SentinelContext, host: string, port: string,
): DurableAddress | { readonly problem: string } {
  const value = readLax32(port)
  if (value < 0 || value > 65_535) return { problem: 'Invalid port number.' }
  const numeric = numericAddress(host)
  if (numeric !== undefined) return { host: numeric, port: value }
  // A host name is looked up later, so that loading does not wait for it. An empty name can never be resolved.
  if (draft.resolveHostnames && host !== '') return { host, port: value }
  resolveFailed(host)
  return { problem: "Can't resolve instance hostname." }
}

const monitor: SentinelDirective = {
  group: 'monitor',
  counts: [4],
  apply: (context, [name = '', host = '', port = '', quorumText = '']) => {
    const quorum = readLax32(quorumText)
    if (quorum <= 0) return 'Quorum must be 1 or greater.'
    const address = readAddress(context, host, port)
    if ('problem' in address) return address.problem
    const { masters } = context.draft
    if (masters.has(name)) return 'Duplicate master name.'
    const master = newMaster(name, address, quorum)
    masters.set(name, { ...master, settings: { ...master.settings, ...context.inherited?.settings(name), quorum } })
    return undefined
  },
}

const knownReplica = ofMaster(3, ({ replicas }, [host = '', port = ''], context) => {
  const address = readAddress(context, host, port)
  if ('problem' in address) return address.problem
  const key = `${context.draft.announceHostnames ? address.host : lowerAscii(address.host)}:${address.port}`
  // The original refuses to start with a repeated line ("Duplicate hostname and port for replica.").
  if (replicas.has(key)) context.remark('repeated-line')
  replicas.set(key, address)
  return undefined
})

const knownPeer = ofMaster(4, ({ sentinels }, [host = '', port = '', runId = ''], context) => {
  const address = readAddress(context, host, port)
  if ('problem' in address) return address.problem
  const known = sentinels.get(runId)
  const isSame = known?.port === address.port && lowerAscii(known.host) === lowerAscii(address.host)
  // One id at two addresses is a mistake that only an operator can correct. The original refuses a repeated line as
  // well.
  if (known !== undefined && !isSame) return 'Duplicate runid for sentinel.'
  if (known !== undefined) context.remark('repeated-line')
  sentinels.set(runId, { ...address, runId })
  return undefined
})

/** Lines of old releases have no run id. They are ignored, for unknown masters too. */
const knownSentinel: SentinelDirective = {
  group: 'master',
  counts: [3, 4],
  apply: (context, args) => args.length === 3 ? undefined : knownPeer.apply(context, args),
}

/** The epoch of a line. The original accepts every number, so one that is too near the largest is only reported. */
function readEpoch(argument: string, { remark }: SentinelContext): bigint {
  const epoch = readLaxU64(argument)
  if (isExhausted(epoch)) remark('exhausted-epoch')
  return epoch
}

function raiseEpoch(draft: SentinelDraft, epoch: bigint): void {
  if (epoch > draft.currentEpoch) draft.currentEpoch = epoch
}

/** Length of a run id. Its characters are not checked. */
const ID_BYTES = 40

const myId = global((draft, argument) => {
  if (toBytes(argument).length !== ID_BYTES) return 'Malformed Sentinel id in myid option.'
  draft.myId = argument
  return undefined
})

export const SENTINEL_DIRECTIVES: ReadonlyMap<string, SentinelDirective> = new Map([
  ['announce-ip', optionalText('announceIp')],
  ['announce-port', global((draft, argument) => {
    draft.announcePort = readLax32(argument)
    return undefined
  })],
  ['deny-scripts-reconfig', yesOrNo('denyScriptsReconfig', 'Please specify yes or no for the deny-scripts-reconfig options.')],
  ['sentinel-user', optionalText('sentinelUser')],
  ['sentinel-pass', optionalText('sentinelPass')],
  ['current-epoch', global((draft, argument, context) => {
    raiseEpoch(draft, readEpoch(argument, context))
    return undefined
  })],
  ['myid', myId],
  ['state-config-file', global((_draft, argument, { stateFile }) => stateFile(argument))],
  ['resolve-hostnames', yesOrNo('resolveHostnames', 'Please specify yes or no for the resolve-hostnames option.')],
  ['announce-hostnames', yesOrNo('announceHostnames', 'Please specify yes or no for the announce-hostnames option.')],
  ['monitor', monitor],
  ...SETTING_DIRECTIVES,
  ['config-epoch', ofMaster(2, (master, [argument = ''], context) => {
    master.configEpoch = readEpoch(argument, context)
    raiseEpoch(context.draft, master.configEpoch)
    return undefined
  })],
  ['leader-epoch', ofMaster(2, (master, [argument = ''], context) => {
    master.leaderEpoch = readEpoch(argument, context)
    return undefined
  })],
  ['known-replica', knownReplica],
  ['known-slave', knownReplica],
  ['known-sentinel', knownSentinel],
])
