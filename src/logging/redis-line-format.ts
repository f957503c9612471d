/** The original's format of log lines (protocol.md 6.1). */
import { cutAtBytes } from '../events/index.ts'
import type { LogLevel } from '../ports/index.ts'
import { visibleText } from '../text/index.ts'

const MARKS: Readonly<Record<LogLevel, string>> = { debug: '.', verbose: '-', notice: '*', warning: '#' }
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Longest message in bytes, including the name of an event. */
const MESSAGE_BYTES_MAX = 1023

/** Returns `<pid>:X 21 Nov 2026 06:40:57.593 # text` with a line feed; local time, English month. */
export function redisLine(line: {
  readonly pid: number
  /** Unix time in milliseconds. */
  readonly wall: number
  readonly level: LogLevel
  readonly text: string
}): string {
  return `${line.pid}:X ${timestamp(line.wall)} ${MARKS[line.level]} ${messageText(line.text)}\n`
}

/** Returns the message in one line: without line ends, every character visible, at most 1023 bytes. */
export function messageText(text: string): string {
  return cutAtBytes(visibleText(oneLine(text)), MESSAGE_BYTES_MAX)
}

/** Shows line ends as ` | `: with line ends, a message could forge further log lines. */
function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.trimEnd().replace(/\s*[\r\n]+\s*/g, ' | ') : text
}

/** Cache of the formatted second: lines come in bursts, and formatting a date is slow. */
let knownSecond = Number.NaN
let knownText = ''

function timestamp(wall: number): string {
  const second = Math.floor(wall / 1000)
  if (second !== knownSecond) {
    knownText = secondText(new Date(wall))
    knownSecond = second
  }
  return `${knownText}.${String(Math.floor(wall - second * 1000)).padStart(3, '0')}`
}

function secondText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(date.getDate())} ${MONTHS[date.getMonth()] ?? ''} ${date.getFullYear()}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
