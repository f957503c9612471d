/** Log lines as the original writes them (protocol.md 6.1). */
import { cutAtBytes } from '../events/index.ts'
import type { LogLevel } from '../ports/index.ts'

const MARKS: Readonly<Record<LogLevel, string>> = { debug: '.', verbose: '-', notice: '*', warning: '#' }
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Longest message in bytes. */
const MESSAGE_BYTES_MAX = 1023

/** `<pid>:X 21 Nov 2026 06:40:57.593 # text` with a line feed; local time, English month. */
export function redisLine(line: { pid: number, date: Date, level: LogLevel, text: string }): string {
  const text = cutAtBytes(line.text, MESSAGE_BYTES_MAX)
  return `${line.pid}:X ${timestamp(line.date)} ${MARKS[line.level]} ${text}\n`
}

function timestamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(date.getDate())} ${MONTHS[date.getMonth()] ?? ''} ${date.getFullYear()}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
