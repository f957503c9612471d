/** SENTINEL SET, CONFIG SET and DEBUG: values that were validated by the command (protocol.md 2.11 to 2.13). */
import { canonicalIp } from '../ip.ts'
import { renewLink } from '../monitoring/reconnect.ts'
import type { GlobalChange, Operation, OperationResult } from '../operation.ts'
import { announcedHost } from '../state/address.ts'
import { dataNodesOf } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { SettingRow } from '../state/setting-row.ts'
import { changeMasterSetting, changeText, settingOf } from '../state/settings.ts'
import type { Turn } from '../turn.ts'

type Asked<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>

export function setMasterOptions(turn: Turn, asked: Pick<Asked<'set'>, 'name' | 'changes'>): OperationResult {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return { kind: 'refused', error: 'no-such-master' }
  for (const change of asked.changes) {
    changeMasterSetting(master.settings, change)
    afterChange(turn, master, settingOf(change.setting).afterChange)
    turn.emit('+set', master, { option: change.option, value: changeText(change) })
  }
  if (asked.changes.length > 0) turn.persist()
  turn.touch(master)
  return { kind: 'ok' }
}

function afterChange(turn: Turn, master: Master, consequence: SettingRow['afterChange']): void {
  switch (consequence) {
    case 'judge-again':
      for (const instance of [master, ...master.replicas.values(), ...master.peers.values()]) turn.touch(instance)
      return
    case 'log-in-again':
      for (const node of dataNodesOf(master)) renewLink(turn, node.link)
      return
    case undefined:
  }
}

export function setGlobals(turn: Turn, asked: Asked<'set-globals'>): OperationResult {
  if (losesNames(turn, asked.changes)) return { kind: 'refused', error: 'names-in-use' }
  for (const change of asked.changes) applyGlobal(turn, change)
  turn.persist()
  return { kind: 'ok' }
}

/** Whether a file with these options would have host names without resolve-hostnames: it would not load. */
function losesNames(turn: Turn, changes: readonly GlobalChange[]): boolean {
  const { records, globals } = turn.state
  let { resolveHostnames: resolve, announceHostnames: announce } = globals
  for (const change of changes) {
    if (change.kind === 'resolve-hostnames') resolve = change.on
    if (change.kind === 'announce-hostnames') announce = change.on
  }
  const same = resolve === globals.resolveHostnames && announce === globals.announceHostnames
  if (same || resolve) return false
  return [...records.values()].some(({ address }) => canonicalIp(announcedHost(address, announce)) === undefined)
}

function applyGlobal(turn: Turn, change: GlobalChange): void {
  const { globals } = turn.state
  switch (change.kind) {
    case 'announce-ip':
      globals.announceIp = change.host
      return
    case 'announce-port':
      globals.announcePort = change.port
      return
    case 'deny-scripts-reconfig':
      globals.denyScriptsReconfig = change.on
      return
    case 'resolve-hostnames':
      globals.resolveHostnames = change.on
      return
    case 'announce-hostnames':
      globals.announceHostnames = change.on
      return
    case 'sentinel-user':
      globals.sentinelUser = change.user
      renewPeerLinks(turn)
      return
    case 'sentinel-pass':
      globals.sentinelPass = change.secret
      renewPeerLinks(turn)
  }
}

export function renewPeerLinks(turn: Turn): void {
  for (const record of turn.state.records.values()) {
    if (record.kind === 'peer' && record.link.command !== undefined) renewLink(turn, record.link)
  }
}

/** Changes periods and computes all deadlines again. */
export function setTunables(turn: Turn, asked: Asked<'set-tunables'>): OperationResult {
  for (const { tunable, ms } of asked.changes) turn.state.tunables[tunable] = ms
  for (const record of turn.state.records.values()) turn.touch(record)
  return { kind: 'ok' }
}
