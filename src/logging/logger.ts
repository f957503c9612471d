/**
 * pino behind the Logger port: levels and lines. The default line is the original's, so that existing log tools keep
 * working; it is made from pino's metadata and not by parsing pino's own line back.
 */
import { pino, type Logger as PinoLogger } from 'pino'

import type { Logger, LogLevel } from '../ports/index.ts'
import { appendingFile, type Destination, standardOutput } from './destination.ts'
import { redisLine } from './redis-line-format.ts'

/** `nothing` silences the log (protocol.md 6.1). */
export type LogThreshold = LogLevel | 'nothing'

export interface LoggerOptions {
  readonly level: LogThreshold
  /** Path of the log file; empty for standard output. */
  readonly logfile: string
  readonly pid: number
}

export interface SentinelLogger extends Logger {
  setLevel(level: LogThreshold): void
  /** A line as it is, without prefix (the logo). */
  raw(text: string): void
  /** Writes what is still waiting, now. */
  flushSync(): void
}

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 20, verbose: 25, notice: 30, warning: 40 }
const NAMES = new Map(Object.entries(LEVELS).map(([name, value]) => [value, name as LogLevel]))

export function createLogger(options: LoggerOptions): SentinelLogger {
  const destination = options.logfile === '' ? standardOutput() : appendingFile(options.logfile)
  const logger = pinoLogger(options, destination)
  return {
    log: (level, text) => { logger[level](text) },
    setLevel: (level) => { logger.level = pinoLevel(level) },
    raw: (text) => { destination.write(text) },
    flushSync: () => { destination.flushSync() },
  }
}

function pinoLevel(level: LogThreshold): string {
  return level === 'nothing' ? 'silent' : level
}

function pinoLogger(options: LoggerOptions, destination: Destination): PinoLogger<LogLevel> {
  return pino<LogLevel, true>(
    {
      level: pinoLevel(options.level),
      customLevels: LEVELS,
      useOnlyCustomLevels: true,
      base: null,
      timestamp: false,
    },
    lineStream(options.pid, destination),
  )
}

/** A stream that pino tells level and message beside the line (its `metadata` protocol). */
function lineStream(pid: number, destination: Destination) {
  return {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    lastMsg: '',
    write(): void {
      const level = NAMES.get(this.lastLevel) ?? 'notice'
      destination.write(redisLine({ pid, date: new Date(), level, text: this.lastMsg }))
    },
  }
}
