/** What can be watched in a run. Checkers, the trace and the scenarios are observers. */
import type {
  Effect, Input, Note, Now, Operation, OperationResult, Request, SentinelEvent,
} from '../../src/core/index.ts'
import type { RedisNode } from './redis-model.ts'
import type { SentinelNode } from './sentinel-node.ts'

export interface Observer {
  /** After each step of a core, before its effects run. */
  stepped?(sentinel: SentinelNode, input: Input, effects: readonly Effect[], now: Now): void
  /** An event left the process: it was logged and published. */
  said?(sentinel: SentinelNode, event: SentinelEvent): void
  noted?(sentinel: SentinelNode, note: Note): void
  /** The answer to an operation of a peer or an operator left the process. */
  answered?(sentinel: SentinelNode, operation: Operation, result: OperationResult): void
  /** A command left the process. */
  sent?(sentinel: SentinelNode, argv: readonly string[], request: Request, toIp: string): void
  started?(sentinel: SentinelNode): void
  /** The process of a sentinel ended, with an exit status when it was its own doing. */
  ended?(sentinel: SentinelNode, status?: number): void
  /** A data node changed its role, its master or its life. */
  nodeChanged?(node: RedisNode, what: string): void
  /** Somebody did something to the cluster from outside. */
  disturbed?(what: string): void
}

type Hook = keyof Observer

/** Hands everything on to a list of observers; each hook knows who listens to it, because most listen to few. */
export class Observers implements Required<Observer> {
  readonly #listeners: { readonly [Name in Hook]: Required<Pick<Observer, Name>>[] } = {
    stepped: [], said: [], noted: [], answered: [], sent: [], started: [], ended: [], nodeChanged: [], disturbed: [],
  }

  add(observer: Observer): void {
    for (const hook of Object.keys(this.#listeners) as Hook[]) this.#listen(hook, observer)
  }

  stepped(sentinel: SentinelNode, input: Input, effects: readonly Effect[], now: Now): void {
    for (const observer of this.#listeners.stepped) observer.stepped(sentinel, input, effects, now)
  }

  said(sentinel: SentinelNode, event: SentinelEvent): void {
    for (const observer of this.#listeners.said) observer.said(sentinel, event)
  }

  noted(sentinel: SentinelNode, note: Note): void {
    for (const observer of this.#listeners.noted) observer.noted(sentinel, note)
  }

  answered(sentinel: SentinelNode, operation: Operation, result: OperationResult): void {
    for (const observer of this.#listeners.answered) observer.answered(sentinel, operation, result)
  }

  sent(sentinel: SentinelNode, argv: readonly string[], request: Request, toIp: string): void {
    for (const observer of this.#listeners.sent) observer.sent(sentinel, argv, request, toIp)
  }

  started(sentinel: SentinelNode): void {
    for (const observer of this.#listeners.started) observer.started(sentinel)
  }

  ended(sentinel: SentinelNode, status?: number): void {
    for (const observer of this.#listeners.ended) observer.ended(sentinel, status)
  }

  nodeChanged(node: RedisNode, what: string): void {
    for (const observer of this.#listeners.nodeChanged) observer.nodeChanged(node, what)
  }

  disturbed(what: string): void {
    for (const observer of this.#listeners.disturbed) observer.disturbed(what)
  }

  #listen<Name extends Hook>(hook: Name, observer: Observer): void {
    if (listensTo(hook, observer)) this.#listeners[hook].push(observer)
  }
}

function listensTo<Name extends Hook>(
  hook: Name, observer: Observer,
): observer is Observer & Required<Pick<Observer, Name>> {
  return observer[hook] !== undefined
}
