/**
 * What an operator has changed in the configuration: the difference between what the program last read or wrote and
 * what the file has now. Lines that the sentinel itself keeps up to date (addresses of other nodes, epochs, its id) are
 * left out.
 */
import {
  SETTINGS, type DurableMaster, type DurableState, type GlobalChange, type MasterChange, type MasterSettings,
  type SetChange, type Setting,
} from '../core/index.ts'
import { lowerAscii } from '../text/index.ts'
import type { LoadedConfig } from './load.ts'
import { DIRECTIVES } from './directives/table.ts'
import { isSame } from './same-data.ts'
import { directiveValue, settingsFrom, type Settings } from './settings.ts'

export interface ConfigChanges {
  readonly masters: readonly MasterChange[]
  readonly globals: readonly GlobalChange[]
  /** Names of the standard directives that differ; `dir` is one of them. */
  readonly directives: readonly string[]
  /** `user` lines differ. */
  readonly users: boolean
  /** Top-level rename-command lines differ. */
  readonly renames: boolean
  /** Lines that the sentinel keeps up to date itself differ. */
  readonly state: boolean
  /** The line that names the state file differs. */
  readonly stateFile: boolean
}

export function configChanges(before: LoadedConfig, after: LoadedConfig): ConfigChanges {
  const [old, now] = [before.settings, after.settings]
  const changed = DIRECTIVES.map(({ name }) => name)
    .filter((name) => !isSame(directiveValue(old.values, name), directiveValue(now.values, name)))
  return {
    masters: masterChanges(mainOf(before).masters, mainOf(after).masters),
    globals: globalChanges(mainOf(before), mainOf(after)),
    directives: old.directory === now.directory ? changed : [...changed, 'dir'],
    users: !isSame(old.users, now.users),
    renames: !isSame(old.renamedCommands, now.renamedCommands),
    state: hasOtherState(mainOf(before), mainOf(after)),
    stateFile: before.saved.state?.path !== after.saved.state?.path,
  }
}

/** What the main file says: with a state file, only that is compared. */
export function mainOf({ durable, saved }: LoadedConfig): DurableState {
  return saved.state?.main ?? durable
}

/** The settings with the values that the file has for these directives. */
export function withDirectives(settings: Settings, file: Settings, names: readonly string[]): Settings {
  const values = new Map(settings.values)
  for (const name of names) {
    if (file.values.has(name)) values.set(name, file.values.get(name))
    else values.delete(name)
  }
  return settingsFrom({ ...settings, values, directory: names.includes('dir') ? file.directory : settings.directory })
}

function masterChanges(before: readonly DurableMaster[], after: readonly DurableMaster[]): MasterChange[] {
  const [old, now] = [byName(before), byName(after)]
  const removed = before.filter(({ name }) => !now.has(name))
  const added = after.filter(({ name }) => !old.has(name))
  const kept = after.flatMap((master) => {
    const known = old.get(master.name)
    return known === undefined ? [] : [{ known, master }]
  })
  const moved = kept.filter(({ known, master }) => known.host !== master.host || known.port !== master.port)
  return [
    ...removed.map(({ name }) => ({ kind: 'remove' as const, name })),
    ...added.map(({ name, host, port, settings }) => ({ kind: 'add' as const, name, host, port, settings })),
    ...moved.map(({ master: { name, host, port } }) => ({ kind: 'move' as const, name, host, port })),
    ...kept.flatMap(({ known, master: { name, settings } }) => {
      const changes = SETTINGS.flatMap((setting) => settingChanges(setting, known.settings, settings))
      return changes.length === 0 ? [] : [{ kind: 'set' as const, name, changes }]
    }),
  ]
}

function byName(masters: readonly DurableMaster[]): ReadonlyMap<string, DurableMaster> {
  return new Map(masters.map((master) => [master.name, master]))
}

function settingChanges(
  setting: Setting, before: Readonly<MasterSettings>, after: Readonly<MasterSettings>,
): SetChange[] {
  const { name: option } = setting
  switch (setting.kind) {
    case 'time':
    case 'count':
    case 'script':
    case 'text': {
      const { kind, key } = setting
      const value = after[key]
      return before[key] === value ? [] : [{ option, kind, setting: key, value } as SetChange]
    }
    case 'renames':
      return renameChanges(before[setting.key], after[setting.key])
        .map((value) => ({ option, kind: setting.kind, setting: setting.key, value }))
  }
}

type Renames = MasterSettings['renamedCommands']

/** A command that is renamed to itself is not renamed any more. */
function renameChanges(before: Renames, after: Renames): Renames {
  const nameOf = ([from]: Renames[number]) => lowerAscii(from)
  const gone = before.filter((one) => !after.some((other) => nameOf(other) === nameOf(one)))
  return [
    ...gone.map(([from]) => [from, from] as const),
    ...after.filter((one) => !before.some((other) => isSame(one, other))),
  ]
}

function globalChanges(before: DurableState, after: DurableState): GlobalChange[] {
  const changes: GlobalChange[] = []
  if (before.announceIp !== after.announceIp) changes.push({ kind: 'announce-ip', host: after.announceIp })
  if (before.announcePort !== after.announcePort) changes.push({ kind: 'announce-port', port: after.announcePort })
  if (before.denyScriptsReconfig !== after.denyScriptsReconfig) {
    changes.push({ kind: 'deny-scripts-reconfig', on: after.denyScriptsReconfig })
  }
  if (before.resolveHostnames !== after.resolveHostnames) {
    changes.push({ kind: 'resolve-hostnames', on: after.resolveHostnames })
  }
  if (before.announceHostnames !== after.announceHostnames) {
    changes.push({ kind: 'announce-hostnames', on: after.announceHostnames })
  }
  if (before.sentinelUser !== after.sentinelUser) changes.push({ kind: 'sentinel-user', user: after.sentinelUser })
  if (before.sentinelPass !== after.sentinelPass) changes.push({ kind: 'sentinel-pass', secret: after.sentinelPass })
  return changes
}

/** Masters that were added or removed have theirs from that. */
function hasOtherState(before: DurableState, after: DurableState): boolean {
  if (before.myId !== after.myId || before.currentEpoch !== after.currentEpoch) return true
  const known = byName(before.masters)
  return after.masters.some((master) => {
    const old = known.get(master.name)
    return old !== undefined && !isSame(ownStateOf(old), ownStateOf(master))
  })
}

function ownStateOf({ configEpoch, leaderEpoch, replicas, sentinels }: DurableMaster): unknown {
  return { configEpoch, leaderEpoch, replicas, sentinels }
}
