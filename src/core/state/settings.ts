/**
 * The settings of one watched master. This table describes each of them once: loading, saving, SENTINEL SET, SENTINEL
 * MASTERS, `ts-sentinel check` and the tests of the documents read it (config.md 3, protocol.md 2.2 and 2.11). The
 * lines of a rewritten file and the fields of SENTINEL MASTERS have the order of the table.
 */
import type { Millis } from '../time.ts'
import type { AdjustableDefault, CommandRename, SettingKind, SettingRow, ValueOfKind } from './setting-row.ts'

const TABLE = {
  quorum: { kind: 'count', name: 'quorum', what: 'quorum', min: 1, initial: 1, line: 'monitor', shown: 'master' },
  downAfterMs: {
    kind: 'time', name: 'down-after-milliseconds', min: 1, initial: 30_000, tunable: 'default-down-after',
    shown: 'every-node', afterChange: 'judge-again',
  },
  failoverTimeoutMs: {
    kind: 'time', name: 'failover-timeout', min: 1, initial: 180_000, tunable: 'default-failover-timeout', shown: 'master',
  },
  parallelSyncs: {
    kind: 'count', name: 'parallel-syncs', what: 'number of replicas', min: 1, initial: 1, shown: 'master',
  },
  notificationScript: { kind: 'script', name: 'notification-script', label: 'Notification', shown: 'master' },
  clientReconfigScript: {
    kind: 'script', name: 'client-reconfig-script', label: 'Client reconfiguration', shown: 'master',
  },
  authPass: { kind: 'text', name: 'auth-pass', label: 'Password', isSecret: true, shown: 'never', afterChange: 'log-in-again' },
  authUser: { kind: 'text', name: 'auth-user', label: 'User', shown: 'never', afterChange: 'log-in-again' },
  /** 0 = feature off. The second name is that of newer Valkey; files get the first one, which all releases read. */
  rebootDownAfterMs: {
    kind: 'time', name: 'master-reboot-down-after-period', aliases: ['primary-reboot-down-after-period'],
    min: 0, initial: 0, shown: 'never',
  },
  /** Commands that have another name on the data nodes. */
  renamedCommands: { kind: 'renames', name: 'rename-command', line: 'after-addresses', shown: 'never' },
} as const satisfies Readonly<Record<string, SettingRow>>

type Table = typeof TABLE
export type SettingKey = keyof Table
type KeyOfKind<Kind extends SettingKind> = {
  [Key in SettingKey]: Table[Key]['kind'] extends Kind ? Key : never
}[SettingKey]
type ShownKey = { [Key in SettingKey]: Table[Key]['shown'] extends 'master' ? Key : never }[SettingKey]

/** The values of all settings of a master. */
export type MasterSettings = { [Key in SettingKey]: ValueOfKind[Table[Key]['kind']] }

/** The settings that SENTINEL MASTERS shows of masters alone. No secret is among them. */
export type ShownSettings = Readonly<Pick<MasterSettings, ShownKey>>

/** A row of the table with its key. `kind` determines the keys that it may have, and so the type of the value. */
export type Setting = { readonly [Kind in SettingKind]: Extract<SettingRow, { kind: Kind }> & {
  readonly key: KeyOfKind<Kind>
} }[SettingKind]

/** All settings, in the order of the table. */
export const SETTINGS: readonly Setting[] = Object.entries(TABLE).map(([key, row]) => ({ key, ...row }) as Setting)

const SHOWN_KEYS = SETTINGS.filter(({ shown }) => shown === 'master').map(({ key }) => key as ShownKey)

/** The names and values that SENTINEL MASTERS shows of masters alone, in its order. What is not set is left out. */
export function shownFields(settings: ShownSettings): [name: string, value: string][] {
  return SHOWN_KEYS.flatMap((key) => settings[key] === undefined ? [] : [[TABLE[key].name, String(settings[key])]])
}

/** A copy of what may be shown. */
export function shownSettings(settings: Readonly<MasterSettings>): ShownSettings {
  return Object.fromEntries(SHOWN_KEYS.map((key) => [key, settings[key]])) as ShownSettings
}

/** The row of a setting. */
export function settingOf(key: SettingKey): SettingRow {
  return TABLE[key]
}

/** The directives and options that mean a setting. */
export function namesOf({ name, aliases = [] }: Pick<SettingRow, 'name' | 'aliases'>): readonly string[] {
  return [name, ...aliases]
}

/** Names of the settings whose values events do not show. */
export const SECRET_NAMES: readonly string[] = SETTINGS.filter(isSecret).flatMap(namesOf)

function isSecret(row: SettingRow): boolean {
  return row.kind === 'text' && row.isSecret === true
}

const INITIAL = Object.fromEntries(SETTINGS.map((setting) => [setting.key, initialValue(setting)])) as MasterSettings

function initialValue(setting: Setting): MasterSettings[SettingKey] {
  switch (setting.kind) {
    case 'time':
    case 'count':
      return setting.initial
    case 'script':
    case 'text':
      return undefined
    case 'renames':
      return []
  }
}

/** The settings of a master whose file has only its `monitor` line. */
export function initialSettings(quorum: number): MasterSettings {
  return { ...INITIAL, quorum }
}

type AdjustableDefaults = Readonly<Record<AdjustableDefault, Millis>>

/** The settings of a master that SENTINEL MONITOR adds (behaviour.md 14). */
export function adjustedSettings(quorum: number, defaults: AdjustableDefaults): MasterSettings {
  const settings = initialSettings(quorum)
  for (const setting of SETTINGS) {
    if (setting.kind === 'time' && setting.tunable !== undefined) settings[setting.key] = defaults[setting.tunable]
  }
  return settings
}

/** One change of a setting: its new value or, of a list, the entry to add or replace. */
export type SettingChange = { readonly [Kind in SettingKind]: {
  readonly kind: Kind
  readonly setting: KeyOfKind<Kind>
  readonly value: Kind extends 'renames' ? CommandRename : ValueOfKind[Kind]
} }[SettingKind]

export function changeMasterSetting(settings: MasterSettings, change: SettingChange): void {
  switch (change.kind) {
    case 'time':
    case 'count':
      settings[change.setting] = change.value
      return
    case 'script':
    case 'text':
      settings[change.setting] = change.value
      return
    case 'renames':
      settings[change.setting] = withRename(settings[change.setting], change.value)
  }
}

/** The change as the +set event shows it; secrets are hidden. */
export function changeText(change: SettingChange): string {
  switch (change.kind) {
    case 'time':
    case 'count':
      return String(change.value)
    case 'script':
    case 'text':
      return isSecret(settingOf(change.setting)) ? '******' : change.value ?? ''
    case 'renames':
      return change.value.join(' ')
  }
}

/** Renaming a command to itself ends the renaming. A command that is renamed again keeps its place. */
function withRename(renames: readonly CommandRename[], change: CommandRename): readonly CommandRename[] {
  const [from, to] = change.map((word) => word.toLowerCase())
  const at = renames.findIndex(([old]) => old.toLowerCase() === from)
  if (from === to) return renames.filter((_rename, index) => index !== at)
  return at < 0 ? [...renames, change] : renames.with(at, change)
}

/** The name of a command on the nodes of a master. */
export function nameOnNodes({ renamedCommands }: Readonly<MasterSettings>, command: string): string {
  if (renamedCommands.length === 0) return command
  const name = command.toLowerCase()
  return renamedCommands.find(([from]) => from.toLowerCase() === name)?.[1] ?? command
}
