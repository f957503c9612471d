/**
 * The file of the latest events. New ones are appended without waiting for the disk: a crash of the machine may lose
 * them, and no other write on that disk has to wait for them. The file is replaced as a whole when it has grown, or
 * when it is not as this program left it.
 */
import * as fs from 'node:fs'

import { DurableFile, NODE_FILE_SYSTEM, type StoreFileSystem } from '../config/index.ts'
import type { KeptEvent } from '../ports/index.ts'
import { decodeEvents, eventLine, eventsText, type DecodedEvents } from './event-lines.ts'
import { EVENT_FILE_BYTES_MAX } from './limits.ts'
import { readText, type TextReading } from './read.ts'
import { UnusableFile, type Line } from './unusable-file.ts'

/** Beside the configuration: its path with this ending. */
const ENDING = '.ts-sentinel-events.jsonl'

export function eventsPath(configFile: string): string {
  return `${configFile}${ENDING}`
}

export type EventsReading =
  | (Extract<DecodedEvents, { kind: 'good' }> & { readonly bytes: number })
  | Exclude<TextReading, { kind: 'text' }>

/** Reads the file synchronously, for the start. It changes nothing on the disk, so that `check` can use it, too. */
export function readEvents(path: string): EventsReading {
  const found = readText(path, EVENT_FILE_BYTES_MAX)
  if (found.kind !== 'text') return found
  const decoded = decodeEvents(found.text)
  return decoded.kind === 'good' ? { ...decoded, bytes: found.text.length } : decoded
}

export interface EventFileOptions {
  /** Absolute path of the file that saves write: sentinel.conf or the state file. Ours gets its mode and owner. */
  readonly configFile: string
  /** The umask of the process at its start. */
  readonly umask: number
  readonly fileSystem?: StoreFileSystem
}

export interface OpenedEvents {
  /** Oldest first. */
  readonly events: readonly KeptEvent[]
  /** What the log says. */
  readonly line: Line | undefined
}

export class EventFile {
  readonly path: string
  readonly #fileSystem: StoreFileSystem
  readonly #file: DurableFile
  #unusable: UnusableFile | undefined
  /** Bytes of the file as this program left it; undefined when it must be replaced. */
  #bytes: number | undefined

  constructor({ configFile, umask, fileSystem = NODE_FILE_SYSTEM }: EventFileOptions) {
    this.path = eventsPath(configFile)
    this.#fileSystem = fileSystem
    this.#file = new DurableFile({ path: this.path, umask, likePath: configFile, fileSystem })
  }

  /** For the start of the process: reads the file, and sets it aside when it cannot be used or has faults. */
  open(): OpenedEvents {
    const reading = readEvents(this.path)
    switch (reading.kind) {
      case 'missing':
        return { events: [], line: { level: 'verbose', text: `There is no ${this.path} yet: no events from before this start.` } }
      case 'good':
        return this.#opened(reading)
      default:
        this.#unusable = new UnusableFile(this.path, reading)
        return { events: [], line: this.#unusable.setAside('It is not used: the list of events begins again. Failovers work without it.') }
    }
  }

  /** Writes the last `fresh` ones of `events`; the others are in the file already. @throws SaveError */
  async write(events: readonly KeptEvent[], fresh: number): Promise<void> {
    const text = events.slice(events.length - fresh).map(eventLine).join('')
    if (await this.#append(text)) return
    this.#unusable?.clearTheWay()
    const whole = eventsText(events)
    await this.#file.update(() => ({ text: whole }))
    this.#bytes = whole.length
  }

  #opened({ events, fault, isCut, bytes }: Extract<EventsReading, { kind: 'good' }>): OpenedEvents {
    if (fault !== undefined) {
      this.#unusable = new UnusableFile(this.path, { kind: 'damaged', why: fault })
      return { events, line: this.#unusable.setAside('Its other events are used. Failovers work without it.') }
    }
    if (!isCut) {
      this.#bytes = bytes
      return { events, line: undefined }
    }
    return {
      events,
      line: {
        level: 'notice',
        text: `The last event in ${this.path} is incomplete and left out: the machine or the process ended while it was `
          + 'written. The file is repaired; nothing has to be done.',
      },
    }
  }

  /** Resolves with false when the file must be replaced. */
  async #append(text: string): Promise<boolean> {
    const before = this.#bytes
    this.#bytes = undefined
    if (before === undefined || before + text.length > EVENT_FILE_BYTES_MAX) return false
    try {
      await this.#appendTo(before, text)
    } catch {
      // Whatever the reason is, replacing the file repairs it or meets the same problem.
      return false
    }
    this.#bytes = before + text.length
    return true
  }

  /** @throws Error when the file is not as this program left it, or cannot be written */
  async #appendTo(bytes: number, text: string): Promise<void> {
    const file = await this.#fileSystem.open(this.path, fs.constants.O_WRONLY | fs.constants.O_APPEND)
    try {
      if ((await file.stat()).size !== bytes) throw new Error('another program has changed the file')
      await file.appendFile(text, 'latin1')
    } finally {
      await file.close()
    }
  }
}
