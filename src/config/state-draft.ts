/**
 * Reads the lines of a state file on top of what the main file says (docs/decisions/0057-state-config-file.md). A line
 * of the state file wins over the same line of the main file, with two exceptions:
 * - Epochs never go back. The higher one counts, and a master has the address that belongs to the higher config-epoch.
 * - The replicas and sentinels of a master that the state file monitors are those of the state file.
 */
import { SETTINGS, type DurableState, type MasterSettings } from '../core/index.ts'
import { lowerAscii } from '../text/index.ts'
import type { Failure } from './failure.ts'
import type { Loading, SentinelLine } from './loading.ts'
import { finishDraft, type MasterDraft, type SentinelDraft } from './sentinel-draft.ts'
import { runLines } from './sentinel-lines.ts'

export interface StateLines {
  readonly lines: readonly SentinelLine[]
  /** Masters about which the main file is ignored. */
  readonly ignored: ReadonlySet<string>
}

export type StateOutcome =
  | { readonly ok: true, readonly durable: DurableState }
  | { readonly ok: false, readonly failure: Failure }

export function runStateLines(
  loading: Pick<Loading, 'environment' | 'log' | 'remarks'>, main: SentinelDraft, { lines, ignored }: StateLines,
): StateOutcome {
  const draft: SentinelDraft = { ...main, masters: new Map() }
  const inMain = (name: string) => ignored.has(name) ? undefined : main.masters.get(name)
  /** Masters without a `monitor` line in the state file. */
  const adopted = new Set<string>()
  const failure = runLines(loading, lines, {
    draft,
    stateFile: () => 'The state config file is named in the main file or on the command line, not in itself.',
    inherited: {
      adopt: (name) => {
        const master = inMain(name)
        if (master === undefined) return undefined
        const copy = { ...master, settings: withoutRenames(master.settings), replicas: new Map(), sentinels: new Map() }
        adopted.add(name)
        draft.masters.set(name, copy)
        return copy
      },
      settings: (name) => {
        const master = inMain(name)
        return master && withoutRenames(master.settings)
      },
    },
  })
  if (failure !== undefined) return { ok: false, failure }
  for (const master of main.masters.values()) {
    if (!draft.masters.has(master.name) && !ignored.has(master.name)) draft.masters.set(master.name, master)
  }
  const masters = [...draft.masters].map(([name, master]): [string, MasterDraft] => [
    name, merged(master, inMain(name), adopted.has(name)),
  ])
  return { ok: true, durable: finishDraft({ ...draft, masters: new Map(masters) }) }
}

/** The renamed commands of the state file replace those of the main file as a whole. */
function withoutRenames(settings: MasterSettings): MasterSettings {
  return { ...settings, renamedCommands: [] }
}

function merged(state: MasterDraft, main: MasterDraft | undefined, isAdopted: boolean): MasterDraft {
  if (state === main) return state
  const settings = mergedSettings(state.settings, main?.settings)
  if (main === undefined) return { ...state, settings }
  const leaderEpoch = state.leaderEpoch > main.leaderEpoch ? state.leaderEpoch : main.leaderEpoch
  const known = isAdopted ? {
    replicas: new Map([...main.replicas, ...state.replicas]),
    sentinels: new Map([...main.sentinels, ...state.sentinels]),
  } : {}
  // Another program has run on the main file alone since: its configuration is the newer one.
  if (main.configEpoch > state.configEpoch) return { ...main, leaderEpoch, settings }
  return { ...state, ...known, leaderEpoch, settings }
}

/** An empty text stands for a setting that the main file has and that was unset. */
function mergedSettings(state: MasterSettings, main: MasterSettings | undefined): MasterSettings {
  const settings = withoutEmptyTexts(state)
  const renames = settings.renamedCommands.filter(([from, to]) => lowerAscii(from) !== lowerAscii(to))
  const isOverridden = settings.renamedCommands.length > 0 || main === undefined
  return { ...settings, renamedCommands: isOverridden ? renames : main.renamedCommands }
}

/** The main file as it is read beside a state file: there, an empty text means that the setting is not set. */
export function asMain(draft: SentinelDraft): SentinelDraft {
  const masters = [...draft.masters].map(([name, master]): [string, MasterDraft] => [
    name, { ...master, settings: withoutEmptyTexts(master.settings) },
  ])
  return { ...draft, masters: new Map(masters) }
}

function withoutEmptyTexts(settings: MasterSettings): MasterSettings {
  const kept = { ...settings }
  for (const setting of SETTINGS) {
    if (setting.kind === 'text' || setting.kind === 'script') kept[setting.key] ||= undefined
  }
  return kept
}
