/**
 * Implements the Logger port with pino. The default line has the original's format, so that existing log tools keep
 * working. It is made from the level and the message that pino passes to its stream (the `metadata` protocol), not by
 * parsing pino's line. The system log is a second writer; it gets the same messages without their prefix
 * (config.md 1.8).
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

/** `redis`: the original's line; `json`: one object per line. */
export type LogFormat = 'redis' | 'json'

export interface LoggerOptions {
  readonly level: LogThreshold
  /** Path of the log file; empty for standard output. */
  readonly logfile: string
  readonly pid: number
  /** Default `redis`. */
  readonly format?: LogFormat
  /** When set, every message is sent to the system log as well. */
  readonly syslog?: SyslogSettings
  /** Unix time in milliseconds. */
  readonly now?: () => number
}

export interface SentinelLogger extends Logger {
  /** A sink of the event bus. Logs one line `<event> <payload>`; the JSON format adds the event's fields. */
  event(event: PublishedEvent): void
  setLevel(level: LogThreshold): void
  /** Writes lines unchanged, with their own line ends (the logo, signals). In the JSON format they become messages. */
  raw(text: string): void
  /** Writes all waiting lines before it returns. Lines logged later are batched again. */
  flushSync(): void
  /** Does the same and closes the system log. For the end of the process; harmless when repeated. */
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
  // Only events have fields. Their secrets are masked where the event and its text are made (SECRET_NAMES of the core).
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
      // JSON output must contain JSON lines only. The removed prefix has the process id and the time, which are fields.
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
 * Returns a function that writes to standard error and never blocks: standard error is often the same full pipe as
 * standard output. It does not use `process.stderr`: once its reader has closed, an error event would end the process.
 * The descriptor is opened for the first message.
 */
function standardError(): (text: string) => void {
  let descriptor: number | undefined
  return (text) => {
    descriptor ??= nonBlockingDescriptor(STANDARD_ERROR) ?? STANDARD_ERROR
    try {
      writeSync(descriptor, text)
    } catch {
      // Neither the log nor standard error can be written.
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

/** pino sets `lastLevel` and `lastMsg` before each call of `write`. Its own line is ignored. */
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
