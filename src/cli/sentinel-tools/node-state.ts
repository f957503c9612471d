/** The state of a node or sentinel in plain words: of its flags, and of findings, which may be newer than the flags. */
import type { FindingJson } from '../../documents/index.ts'
import { nodeTrouble } from '../../text/index.ts'
import { flagsOf, reportsReplica, type Entry } from './sentinel-facts.ts'

/** Flags of SENTINEL MASTERS, REPLICAS and SENTINELS. An empty text: the flag says nothing about the state. */
const FLAG_WORDS: ReadonlyMap<string, string> = new Map([
  ['master', ''], ['slave', ''], ['sentinel', ''],
  ['s_down', 'down'],
  // It is said with `down`.
  ['o_down', ''],
  ['disconnected', 'no connection'],
  ['master_down', 'sees the master down'],
  // The phase is said in its place.
  ['failover_in_progress', ''],
  ['force_failover', 'ordered by an operator'],
  ['promoted', 'being promoted'],
  ['reconf_sent', 'being reconfigured'],
  ['reconf_inprog', 'being reconfigured'],
  ['reconf_done', ''],
  ['witnessed', 'no answer here, but its replicas receive data'],
  ['script_kill_sent', 'busy with a script, which is being killed'],
  ['master_reboot', 'restarting'],
])

/** Values of failover-state. */
const PHASES: ReadonlyMap<string, string> = new Map([
  ['wait_start', 'waiting for votes'],
  ['select_slave', 'choosing a replica'],
  ['send_slaveof_noone', 'ordering the promotion'],
  ['wait_promotion', 'waiting for the promotion'],
  ['reconf_slaves', 'reconfiguring the replicas'],
  ['update_config', 'announcing the new master'],
])

/** The words of findings that mean the same as a flag, or less. */
const IMPLIED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['down', ['s_down']],
  ['no answer', ['s_down', 'disconnected', 'witnessed']],
  ['not reached by every sentinel', ['s_down', 'disconnected', 'witnessed']],
])

/** The phase of a failover in words; an unknown one as the sentinel names it. */
export function phaseText(phase: string): string {
  return PHASES.get(phase) ?? phase
}

/** What is wrong with nodes, by address, the worst first. */
export function troublesByNode(findings: readonly FindingJson[]): ReadonlyMap<string, readonly string[]> {
  const troubles = new Map<string, string[]>()
  for (const { code, about, severity } of findings) {
    const words = severity === 'notice' ? undefined : nodeTrouble(code)
    if (words !== undefined && about !== null) troubles.set(about, [...troubles.get(about) ?? [], words])
  }
  return troubles
}

/** `troubles`: what findings say about it. Empty when all is well. */
export function nodeStateWords(entry: Entry, troubles: readonly string[]): readonly string[] {
  const flags = flagsOf(entry)
  const isKnown = (words: string): boolean => (IMPLIED_BY.get(words) ?? []).some((flag) => flags.includes(flag))
  const phase = entry.get('failover-state')
  return [...new Set([
    ...flags.includes('s_down') ? [downText(flags)] : [],
    ...troubles.filter((words) => !isKnown(words)),
    ...roleWords(entry, flags),
    ...phase === undefined || phase === 'none' ? [] : [`failing over (${phaseText(phase)})`],
    ...flags.filter((flag) => flag !== 's_down').map((flag) => FLAG_WORDS.get(flag) ?? flag).filter((words) => words !== ''),
  ])]
}

/** Sentinels agree about masters alone. */
function downText(flags: readonly string[]): string {
  if (!flags.includes('master')) return 'down'
  return flags.includes('o_down') ? 'down (quorum agrees)' : 'down (not agreed)'
}

/** It reports another role than it has. A replica that is being promoted does so on the way. */
function roleWords(entry: Entry, flags: readonly string[]): string[] {
  const isMaster = flags.includes('master')
  const code = isMaster && reportsReplica(entry) ? 'master-is-replica'
    : flags.includes('slave') && entry.get('role-reported') === 'master' && !flags.includes('promoted') ? 'replica-is-master' : undefined
  const words = code === undefined ? undefined : nodeTrouble(code)
  return words === undefined ? [] : [words]
}
