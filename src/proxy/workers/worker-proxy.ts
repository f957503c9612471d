/**
 * A proxy of several processes: this one accepts connections and passes them to workers in turn, each of which is a
 * whole proxy. A worker that ends is replaced.
 */
import cluster, { type Worker } from 'node:cluster'

import type { Logger } from '../../ports/index.ts'
import { ProxyHttpServer } from '../http/http-server.ts'
import { mergeFacts } from '../http/merged-facts.ts'
import { processFacts, type ProxyFacts } from '../http/metrics.ts'
import { newCounters } from '../pipe/counters.ts'
import { openSocket, removeLeftSocket } from '../pipe/unix-socket.ts'
import type { ProxySettings } from '../settings/settings.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** Pause before an ended worker is replaced, in milliseconds. */
const RESTART_MS = 1_000

/** Time for the workers to tell what they count, in milliseconds. */
const FACTS_MS_MAX = 1_000

/** Time beyond `drain` after which a worker that should end is killed, in milliseconds. */
const END_MS_MAX = 5_000

export interface WorkerProxyOptions {
  readonly settings: ProxySettings
  readonly logger: Logger
  readonly version: string
}

export class WorkerProxy {
  readonly #options: WorkerProxyOptions
  readonly #http: ProxyHttpServer
  readonly #workers = new Set<Worker>()
  /** Timers for workers that have ended. */
  readonly #restarts = new Set<NodeJS.Timeout>()
  /** Receive the answers to the question of this number. */
  readonly #questions = new Map<number, (worker: Worker, facts: ProxyFacts) => void>()
  #lastQuestion = 0
  /** Before that a worker that ends is the reason why the proxy does not start; after it, workers end on purpose. */
  #state: 'starting' | 'running' | 'stopping' = 'starting'

  constructor(options: WorkerProxyOptions) {
    this.#options = options
    this.#http = new ProxyHttpServer(() => this.facts())
  }

  /** Resolves with the problem and what to do; undefined when all workers serve clients. */
  async start(): Promise<string | undefined> {
    const { settings, logger } = this.#options
    removeLeftSocket(settings)
    // Settings hold more than JSON has.
    cluster.setupPrimary({ serialization: 'advanced' })
    const started = Array.from({ length: settings.threads }, () => this.#startWorker())
    const [problem] = (await Promise.all(started)).flatMap((one) => one ?? [])
    const found = problem ?? (settings.http === undefined ? undefined : await this.#http.listen(settings.http))
    if (found !== undefined) {
      await this.stop()
      return found
    }
    openSocket(settings)
    this.#state = 'running'
    logger.log('notice', `${settings.threads} worker processes serve the clients.`)
    return undefined
  }

  /** Lets the clients finish for as long as `drain` says, and resolves when all workers have ended. */
  async stop(): Promise<void> {
    this.#state = 'stopping'
    for (const timer of this.#restarts) clearTimeout(timer)
    this.#http.drain()
    const ended = [...this.#workers].map((worker) => new Promise((resolve) => { worker.once('exit', resolve) }))
    for (const worker of this.#workers) tell(worker, { kind: 'stop' })
    const limit = setTimeout(() => {
      for (const worker of this.#workers) worker.process.kill('SIGKILL')
    }, this.#options.settings.drainMs + END_MS_MAX)
    await Promise.all(ended)
    clearTimeout(limit)
    this.#http.close()
  }

  /** What all workers together show. One that does not answer in time is left out. */
  async facts(): Promise<ProxyFacts> {
    const { settings: { masterName, mode, maxClients, sentinels }, version } = this.#options
    const own: ProxyFacts = {
      masterName, mode, clients: 0, maxClients, waiting: 0, counters: newCounters(),
      traffic: { fromClients: 0, fromNodes: 0 }, upstreams: [], replicas: 0, isMinority: false, version,
      workers: 0, process: processFacts(),
      sentinels: { master: undefined, isMasterReachable: false, configured: sentinels.length, reachable: 0 },
    }
    return mergeFacts(own, await this.#ask())
  }

  #ask(): Promise<readonly ProxyFacts[]> {
    this.#lastQuestion += 1
    const question = this.#lastQuestion
    const waiting = new Set(this.#workers)
    const answers: ProxyFacts[] = []
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(limit)
        this.#questions.delete(question)
        resolve(answers)
      }
      const limit = setTimeout(end, FACTS_MS_MAX)
      this.#questions.set(question, (worker, facts) => {
        if (waiting.delete(worker)) answers.push(facts)
        if (waiting.size === 0) end()
      })
      for (const worker of waiting) tell(worker, { kind: 'tell-facts', question })
      if (waiting.size === 0) end()
    })
  }

  /** Resolves with the problem; undefined when the worker serves clients. */
  #startWorker(): Promise<string | undefined> {
    const worker = cluster.fork()
    this.#workers.add(worker)
    return new Promise((resolve) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'waiting') tell(worker, { kind: 'start', settings: this.#share(), worker: worker.id - 1 })
        else if (message.kind === 'facts') this.#questions.get(message.question)?.(worker, message.facts)
        else resolve(message.kind === 'failed' ? message.problem : undefined)
      })
      worker.once('exit', (code, signal) => {
        resolve(`Worker process ${worker.process.pid ?? 0} ended before it served clients.`)
        this.#ended(worker, signal ?? `exit status ${code}`)
      })
    })
  }

  /** The settings of one worker. The first process answers HTTP for all. */
  #share(): ProxySettings {
    const { settings } = this.#options
    return { ...settings, http: undefined, maxClients: Math.ceil(settings.maxClients / settings.threads) }
  }

  #ended(worker: Worker, how: string): void {
    this.#workers.delete(worker)
    if (this.#state !== 'running') return
    const { logger } = this.#options
    logger.log('warning', `Worker process ${worker.process.pid ?? 0} ended (${how}). Its clients are disconnected; another one starts in ${RESTART_MS} ms.`)
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      void this.#startWorker().then((problem) => {
        if (problem !== undefined && this.#state === 'running') logger.log('warning', problem)
      })
    }, RESTART_MS)
    this.#restarts.add(timer)
  }
}

/** A worker that has just ended gets nothing; its end is reported by itself. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}
