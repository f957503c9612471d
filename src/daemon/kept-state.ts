/** Our own state, which outlives this process (`src/own-state`), and the journal of failovers that is part of it. */
import type { LoadedConfig } from '../config/index.ts'
import { NO_OWN_STATE, type OwnState, type SentinelView } from '../core/index.ts'
import { Journal, type FailoverFacts, type FailoverHistory } from '../events/index.ts'
import { OwnStateFile, ownStatePath, readOwnState, type Reading } from '../own-state/index.ts'

export interface KeptState {
  /** What the core loads. */
  readonly forCore: OwnState
  readonly journal: Journal
  readonly file: OwnStateFile
}

export interface KeptStateOptions {
  readonly config: LoadedConfig
  readonly umask: number
  readonly isMonitored: (master: string) => boolean
  readonly facts: FailoverFacts
  /** Something changed that belongs into the file. */
  readonly changed: () => void
}

/** Reads the file. Nothing on the disk changes before the sentinel starts. */
export function loadKeptState({ config, umask, isMonitored, changed, facts }: KeptStateOptions): KeptState {
  // Beside the file that saves write: the folder of another one may be read-only.
  const configFile = config.saved.path
  const reading = readOwnState(ownStatePath(configFile))
  const journal = new Journal(pastFailovers(config, reading), changed, facts)
  const file = new OwnStateFile({ configFile, umask, reading, failovers: () => journal.finished(), isMonitored })
  return { forCore: reading.kind === 'good' ? reading.content : NO_OWN_STATE, journal, file }
}

/** What the journal reads of the core. */
export function failoverFacts(view: () => SentinelView): FailoverFacts {
  return {
    lastAnswerMs: (name, now) => {
      const master = view().master(name, now)
      return master?.roleReported === 'slave' ? master.shownAsMasterMs : master?.lastOkPingReplyMs
    },
    isOrdered: (name, now) => view().master(name, now)?.flags.includes('force_failover') === true,
  }
}

/** The failovers from before this start, of the masters that are still monitored. */
function pastFailovers({ durable }: LoadedConfig, reading: Reading): FailoverHistory {
  if (reading.kind !== 'good') return new Map()
  const names = new Set(durable.masters.map(({ name }) => name))
  return new Map([...reading.content.failovers].filter(([name]) => names.has(name)))
}
