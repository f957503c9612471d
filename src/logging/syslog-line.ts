/** Log lines for the system log (config.md 1.8). */
import type { LogLevel } from '../ports/index.ts'
import { messageText } from './redis-line-format.ts'

/** Severity numbers of syslog(3). */
const SEVERITIES: Readonly<Record<LogLevel, number>> = { debug: 7, verbose: 6, notice: 5, warning: 4 }
const FACILITY_USER = 1
const FACILITY_LOCAL0 = 16

/**
 * Returns `<priority>text` and a line feed, the input of `logger --prio-prefix`. `facility` is `user`, or `local0` to
 * `local7`.
 */
export function syslogLine(facility: string, level: LogLevel, text: string): string {
  return `<${facilityNumber(facility) * 8 + SEVERITIES[level]}>${messageText(text)}\n`
}

function facilityNumber(facility: string): number {
  const local = /^local([0-7])$/i.exec(facility)?.[1]
  return local === undefined ? FACILITY_USER : FACILITY_LOCAL0 + Number(local)
}
