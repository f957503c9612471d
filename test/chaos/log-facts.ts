/** What the log of a sentinel tells about votes and leadership, over all its runs. */
import { readFileSync } from 'node:fs'

import { readPayload } from '../../src/events/index.ts'
import { formatAddress, type Address } from '../../src/harness/index.ts'

/** An attempt to lead a failover, or a vote, in the order of the log. */
export type LogFact =
  | { readonly kind: 'vote', readonly epoch: number, readonly candidate: string }
  | { readonly kind: 'elected', readonly epoch: number, readonly isForced: boolean }
  /** A node became the master, as this sentinel sees it. `at` is milliseconds since 1970. */
  | { readonly kind: 'master', readonly address: string, readonly at: number }
  /** Something that belongs into no log. */
  | { readonly kind: 'crash', readonly text: string }

interface Attempt {
  readonly epoch: number
  readonly isForced: boolean
}

const EVENT = /^\d+:X (.{24}) [.*#-] ([+-][a-z-]+)(?: (.*))?$/
const CRASH = /^\s+at .*[:(]\d+|Uncaught|Unhandled|Sentinel CRASH|BUG REPORT|ASSERTION|out of memory/

/** Reads on where it stopped the last time. */
export class LogReader {
  readonly #file: string
  #read = 0
  #lastEpoch = 0
  #requested = false
  #attempt: Attempt = { epoch: 0, isForced: false }

  constructor(file: string) {
    this.#file = file
  }

  /** What was added since the last call. */
  next(): LogFact[] {
    const bytes = readFileSync(this.#file)
    const whole = bytes.lastIndexOf('\n') + 1
    const lines = bytes.subarray(this.#read, whole).toString('latin1').split('\n')
    this.#read = whole
    return lines.flatMap((line) => this.#take(line))
  }

  #take(line: string): LogFact[] {
    if (CRASH.test(line)) return [{ kind: 'crash', text: line }]
    if (line.includes('Executing user requested FAILOVER')) this.#requested = true
    const [, time = '', channel = '', payload = ''] = EVENT.exec(line) ?? []
    const event = readPayload(channel, payload)
    switch (event?.name) {
      case '+new-epoch':
        this.#lastEpoch = Number(event.epoch)
        return []
      case '+try-failover':
        this.#attempt = { epoch: this.#lastEpoch, isForced: this.#requested }
        this.#requested = false
        return []
      case '+vote-for-leader': return [{ kind: 'vote', candidate: event.leader, epoch: Number(event.epoch) }]
      case '+elected-leader': return [{ kind: 'elected', ...this.#attempt }]
      case '+promoted-slave': return [master(event.subject, time)]
      case '+switch-master': return [master(event.to, time)]
      default: return []
    }
  }
}

function master(address: Address, time: string): LogFact {
  return { kind: 'master', address: formatAddress(address), at: Date.parse(time) }
}
