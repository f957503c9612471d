/**
 * The story of a run, one line for each thing worth telling, and a digest of everything that happened, so that two
 * runs of one seed can be compared byte for byte.
 */
import type { Note, Operation, OperationResult, Request, SentinelEvent } from '../../src/core/index.ts'
import type { EventQueue, Micros } from './event-queue.ts'
import { eventText, noteText } from './event-text.ts'
import type { Observer } from './observer.ts'
import { textHash } from './random.ts'
import type { RedisNode } from './redis-model.ts'
import type { SentinelNode } from './sentinel-node.ts'

export interface TraceLine {
  readonly at: Micros
  /** A sentinel, a data node, or `*` for what was done from outside. */
  readonly who: string
  readonly text: string
  readonly event?: SentinelEvent
}

export class Trace implements Observer {
  readonly lines: TraceLine[] = []
  readonly #queue: EventQueue
  readonly #names = new Map<string, string>()
  /** Also what sentinels send. */
  readonly #isDetailed: boolean
  #digest = 0

  constructor(given: { queue: EventQueue, isDetailed?: boolean }) {
    this.#queue = given.queue
    this.#isDetailed = given.isDetailed ?? false
  }

  /** Shows `name` instead of a sentinel's id. */
  nickname(id: string, name: string): void {
    this.#names.set(id, name)
  }

  /** Changes with everything that sentinels did in this run. */
  get digest(): string {
    return this.#digest.toString(16).padStart(8, '0')
  }

  said(sentinel: SentinelNode, event: SentinelEvent): void {
    this.#add(sentinel.name, eventText(event), event)
  }

  noted(sentinel: SentinelNode, note: Note): void {
    this.#add(sentinel.name, noteText(note))
  }

  answered(sentinel: SentinelNode, operation: Operation, result: OperationResult): void {
    if (operation.kind === 'hello') return
    const isQuestion = ['is-master-down', 'tell-pause', 'note-order'].includes(operation.kind)
    if (isQuestion) this.#mix(`${sentinel.name} answered ${result.kind}`)
    else this.#add(sentinel.name, `answered ${operation.kind}: ${result.kind === 'refused' ? result.error : result.kind}`)
  }

  sent(sentinel: SentinelNode, argv: readonly string[], request: Request, toIp: string): void {
    if (this.#isDetailed) this.#add(sentinel.name, `> ${toIp} ${argv.join(' ')}`)
    else this.#mix(`${sentinel.name} ${request.kind} ${toIp}`)
  }

  started(sentinel: SentinelNode): void {
    this.#add(sentinel.name, 'started')
  }

  ended(sentinel: SentinelNode, status?: number): void {
    this.#add(sentinel.name, status === undefined ? 'died' : `left with status ${status}`)
  }

  nodeChanged(node: RedisNode, what: string): void {
    this.#add(node.name, what)
  }

  disturbed(what: string): void {
    this.#add('*', what)
  }

  /** The whole story. Times in seconds. */
  text(): string {
    return this.lines.map((line) => `${lineText(line)}\n`).join('')
  }

  /** The end of the story, without the noise of connecting again. */
  tail(count: number): string {
    const lines = this.lines.filter(({ event }) => event?.name.endsWith('-link-reconnection') !== true)
    return lines.slice(-count).map(lineText).join('\n')
  }

  #add(who: string, text: string, event?: SentinelEvent): void {
    const line: TraceLine = {
      at: this.#queue.now, who, text: this.#named(text), ...(event === undefined ? {} : { event }),
    }
    this.lines.push(line)
    this.#mix(`${who} ${text}`)
  }

  #mix(text: string): void {
    this.#digest = (Math.imul(this.#digest, 31) + textHash(`${this.#queue.now} ${text}`)) >>> 0
  }

  #named(text: string): string {
    return text.replaceAll(/\b[0-9a-f]{40}\b/g, (id) => this.#names.get(id) ?? id)
  }
}

export function lineText({ at, who, text }: TraceLine): string {
  const seconds = (at / 1_000_000).toFixed(6).padStart(12)
  return `${seconds}  ${who.padEnd(6)} ${text}`
}
