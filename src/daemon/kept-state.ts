/** Our own state, which outlives this process (`src/own-state`), and the journal of failovers that is part of it. */
import type { LoadedConfig } from '../config/index.ts'
import { NO_OWN_STATE, type OwnState } from '../core/index.ts'
import { Journal, type FailoverHistory } from '../events/index.ts'
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
  /** Something changed that belongs into the file. */
  readonly changed: () => void
}

/** Reads the file. Nothing on the disk changes before the sentinel starts. */
export function loadKeptState({ config, umask, isMonitored, changed }: KeptStateOptions): KeptState {
  const { configFile } = config
  const reading = readOwnState(ownStatePath(configFile))
  const journal = new Journal(pastFailovers(config, reading), changed)
  const file = new OwnStateFile({ configFile, umask, reading, failovers: () => journal.finished(), isMonitored })
  return { forCore: reading.kind === 'good' ? reading.content : NO_OWN_STATE, journal, file }
}

/** The failovers from before this start, of the masters that are still monitored. */
function pastFailovers({ durable }: LoadedConfig, reading: Reading): FailoverHistory {
  if (reading.kind !== 'good') return new Map()
  const names = new Set(durable.masters.map(({ name }) => name))
  return new Map([...reading.content.failovers].filter(([name]) => names.has(name)))
}
