/** Reads and writes the `sentinel` lines that hold settings of masters (config.md 3). */
import { namesOf, SETTINGS, type MasterSettings, type Setting } from '../core/index.ts'
import { lowerAscii } from '../text/index.ts'
import { readLax32 } from './number-readers.ts'

/** The settings that have lines of their own, in the order of a rewritten file. */
export const SETTING_LINES: readonly Setting[] = SETTINGS.filter(({ line }) => line !== 'monitor')

const BY_NAME: ReadonlyMap<string, Setting> = new Map(
  SETTING_LINES.flatMap((setting) => namesOf(setting).map((name) => [name, setting] as const)),
)

/** The setting that a sub-directive, in lower case, sets; undefined = it sets none. */
export function settingNamed(subdirective: string): Setting | undefined {
  return BY_NAME.get(subdirective)
}

/** Number of words in a line after the name of the master. */
export function wordCount({ kind }: Setting): number {
  return kind === 'renames' ? 2 : 1
}

/** Applies the words after the name of the master to `settings`. Returns why the line is refused. */
export function applyLine(
  settings: MasterSettings, setting: Setting, [text = '', second = '']: readonly string[],
  isExecutable: (path: string) => boolean,
): string | undefined {
  switch (setting.kind) {
    case 'time': {
      const value = readLax32(text)
      if (value < setting.min) return setting.min === 0 ? 'negative time parameter.' : 'negative or zero time parameter.'
      settings[setting.key] = value
      return undefined
    }
    case 'count':
      // The original checks no range.
      settings[setting.key] = readLax32(text)
      return undefined
    case 'script':
      if (!isExecutable(text)) return `${setting.label} script seems non existing or non executable.`
      settings[setting.key] = text
      return undefined
    case 'text':
      settings[setting.key] = text
      return undefined
    case 'renames': {
      const renames = settings[setting.key]
      const isRenamed = renames.some(([from]) => lowerAscii(from) === lowerAscii(text))
      if (isRenamed) return 'Same command renamed multiple times with rename-command.'
      settings[setting.key] = [...renames, [text, second]]
      return undefined
    }
  }
}

/** The words after the name of the master, for each line that a rewritten file has for the setting. */
export function lineWords(
  settings: Readonly<MasterSettings>, setting: Setting,
): readonly (readonly (string | number)[])[] {
  switch (setting.kind) {
    case 'time':
    case 'count': {
      const value = readBack(settings, setting)
      return value === setting.initial ? [] : [[value]]
    }
    case 'script':
    case 'text': {
      const value = settings[setting.key]
      return value === undefined ? [] : [[value]]
    }
    case 'renames':
      return settings[setting.key]
  }
}

const FILE_TIME_MAX_MS = 2_147_483_647

/**
 * Times of a file have 32 bits, times of SENTINEL SET have more. The original writes them all the same and cannot start
 * from the negative number that it then reads. We write the largest time that can be read, 24 days.
 */
function readBack(settings: Readonly<MasterSettings>, setting: Extract<Setting, { kind: 'time' | 'count' }>): number {
  const value = settings[setting.key]
  return setting.kind === 'time' ? Math.min(value, FILE_TIME_MAX_MS) : value
}

/** The settings that reading the rewritten file gives. */
export function settingsAsRead(settings: Readonly<MasterSettings>): MasterSettings {
  const read: MasterSettings = { ...settings }
  for (const setting of SETTINGS) if (setting.kind === 'time') read[setting.key] = readBack(settings, setting)
  return read
}
