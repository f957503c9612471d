/**
 * pino behind the Logger port. The default line is the original's, so that existing log tools keep working; it is
 * made from what pino tells its stream beside the line (its `metadata` protocol), not by parsing that line back.
 * The system log is one more writer beside it; it gets the same messages without their prefix (config.md 1.8).
 */
import { writeSync } from 'node:fs'

import { pino, type Logger as PinoLogger } from 'pino'

import type { Logger, LogLevel, PublishedEvent } from '../ports/index.ts'
import { eventFields, type EventFields } from '../events/index.ts'
import { count, visibleLines } from '../text/index.ts'
import { LineWriter } from './line-writer.ts'
import { redisLine } from './redis-line-format.ts'
import { SyslogWriter, type SyslogSettings } from './syslog-writer.ts'
import { descriptorTarget, fileTarget, nonBlockingDescriptor } from './target.ts'

/** `nothing` silences the log (protocol.md 6.1). */
export type LogThreshold = LogLevel | 'nothing'

/** `redis` is the original's line; `json` one object per line. */
export type LogFormat = 'redis' | 'json'

export interface LoggerOptions {
  readonly level: LogThreshold
  /** Path of the log file; empty for standard output. */
  readonly logfile: string
  readonly pid: number
  /** Default `redis`. */
  readonly format?: LogFormat
  /** Every message goes to the system log as well. */
  readonly syslog?: SyslogSettings
  /** Unix time in milliseconds. */
  readonly now?: () => number
}

export interface SentinelLogger extends Logger {
  /** A sink for the event bus: one line `<event> <payload>`, with its parts as fields in the JSON format. */
  event(event: PublishedEvent): void
  setLevel(level: LogThreshold): void
  /** Lines as they are, without prefix and with their own line end (the logo, signals); messages in the JSON format. */
  raw(text: string): void
  /** Writes what is still waiting, now. Lines logged from now on wait again. */
  flushSync(): void
  /** The same, and lets go of the system log. For the end of the sentinel; harmless when repeated. */
  close(): void
}

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 20, verbose: 25, notice: 30, warning: 40 }
const NAMES = new Map(Object.entries(LEVELS).map(([name, value]) => [value, name as LogLevel]))

const STANDARD_OUTPUT = 1
const STANDARD_ERROR = 2

export function createLogger(options: LoggerOptions): SentinelLogger {
  const writer = new LineWriter({
    target: options.logfile === ''
      ? descriptorTarget(STANDARD_OUTPUT, 'standard output')
      : fileTarget(options.logfile),
    complain: standardError(),
    lostLine: (count) => lostLine(options, count),
  })
  const logger = pinoLogger(options, writer)
  const isJson = options.format === 'json'
  // Only events have fields. Their secrets are hidden where the event and its text are made (SECRET_NAMES of the core).
  const log = (level: LogLevel, text: string, fields?: EventFields) => {
    if (fields === undefined) logger[level](text)
    else logger[level](fields, text)
    if (logger.isLevelEnabled(level)) syslog?.write(level, text)
  }
  const syslog = options.syslog && new SyslogWriter({
    ...options.syslog, pid: options.pid, complain: (text) => { log('warning', text) },
  })
  return {
    log: (level, text) => { log(level, text) },
    event: (event) => {
      log(event.level, `${event.channel} ${event.payload}`, isJson ? eventFields(event) : undefined)
    },
    setLevel: (level) => { logger.level = pinoLevel(level) },
    raw: (text) => {
      if (logger.level === 'silent') return
      // A reader of JSON lines must find nothing else; who wrote the line stands in its fields.
      if (isJson) logger.notice(text.trimEnd().replace(/^\d+:signal-handler \(\d+\) /, ''))
      else writer.write(text)
    },
    flushSync: () => { writer.flushSync() },
    close: () => {
      syslog?.close()
      writer.flushSync()
    },
  }
}

/**
 * Not `process.stderr`: its reader may be gone, and the event that tells so would end the process. Never blocks:
 * standard error often is the same full pipe as standard output. Opened at the first complaint.
 */
function standardError(): (text: string) => void {
  let descriptor: number | undefined
  return (text) => {
    descriptor ??= nonBlockingDescriptor(STANDARD_ERROR) ?? STANDARD_ERROR
    try {
      writeSync(descriptor, text)
    } catch {
      // The log cannot be written, and standard error cannot either.
    }
  }
}

function lostLine({ pid, format, now = Date.now }: LoggerOptions, lost: number): string {
  const text = `${count(lost, 'log line')} could not be written here`
  if (format !== 'json') return redisLine({ pid, wall: now(), level: 'warning', text })
  return `${JSON.stringify({ level: 'warning', time: new Date(now()).toISOString(), pid, msg: text })}\n`
}

function pinoLevel(level: LogThreshold): string {
  return level === 'nothing' ? 'silent' : level
}

function pinoLogger(options: LoggerOptions, writer: LineWriter): PinoLogger<LogLevel> {
  const { pid, level, now = Date.now } = options
  const isJson = options.format === 'json'
  return pino<LogLevel, true>(
    {
      level: pinoLevel(level),
      customLevels: LEVELS,
      useOnlyCustomLevels: true,
      formatters: { level: (label) => ({ level: label }) },
      base: isJson ? { pid } : null,
      timestamp: isJson ? () => `,"time":"${new Date(now()).toISOString()}"` : false,
    },
    isJson ? { write: (line: string) => { writer.write(visibleLines(line)) } } : redisStream({ pid, now, writer }),
  )
}

/** pino sets level and message of each line here before it writes the line, which nobody looks at. */
function redisStream({ pid, now, writer }: { pid: number, now: () => number, writer: LineWriter }) {
  return {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    lastMsg: '',
    write(): void {
      const level = NAMES.get(this.lastLevel) ?? 'notice'
      writer.write(redisLine({ pid, wall: now(), level, text: this.lastMsg }))
    },
  }
}
