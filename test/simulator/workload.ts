/**
 * A client that writes: it asks sentinels for the master, checks its role, writes at a steady pace and remembers what
 * was acknowledged. Any trouble sends it back to the next sentinel, as client libraries do.
 */
import type { Reply } from '../../src/core/index.ts'
import type { Cluster } from './cluster.ts'
import type { Endpoint } from './connection.ts'
import { Host, type Life } from './host.ts'
import { SENTINEL_PORT } from './sentinel-node.ts'

export interface Acknowledged {
  readonly id: number
  readonly atMs: number
  /** Address of the node that acknowledged it. */
  readonly ip: string
}

export interface WriterOptions {
  readonly name: string
  readonly ip: string
  readonly group: string
  readonly everyMs: number
  /** Ids of its writes begin here. */
  readonly firstId: number
}

/** An answer that takes longer counts as lost. */
const ANSWER_MAX_MS = 1000
const RETRY_MS = 200

export class Writer {
  readonly host: Host
  readonly acknowledged: Acknowledged[] = []
  readonly #cluster: Cluster
  readonly #options: WriterOptions
  readonly #life: Life
  #nextId: number
  #nextSentinel = 0
  #endpoint: Endpoint | undefined
  #isStopped = false

  constructor(cluster: Cluster, options: WriterOptions) {
    this.#cluster = cluster
    this.#options = options
    this.#nextId = options.firstId
    this.host = new Host({ name: options.name, ip: options.ip, queue: cluster.queue })
    cluster.network.add(this.host)
    cluster.machines.push(this.host)
    this.#life = this.host.begin()
    this.#life.after(0, () => { this.#findMaster() })
  }

  stop(): void {
    this.#isStopped = true
    this.#endpoint?.close()
  }

  #findMaster(): void {
    if (this.#isStopped) return
    const { sentinels } = this.#cluster
    const sentinel = sentinels[this.#nextSentinel % sentinels.length]
    this.#nextSentinel += 1
    if (sentinel === undefined) return
    const target = { ip: sentinel.host.ip, port: SENTINEL_PORT }
    this.#talk(target, ['SENTINEL', 'get-master-addr-by-name', this.#options.group], (reply) => {
      const [host, port] = reply.kind === 'array' ? reply.items : []
      this.#endpoint?.close()
      if (host?.kind !== 'bulk' || port?.kind !== 'bulk') this.#later()
      else this.#open({ ip: host.text, port: Number(port.text) })
    })
  }

  #open(target: { ip: string, port: number }): void {
    const ask = this.#talk(target, ['ROLE'], (reply) => {
      const [role] = reply.kind === 'array' ? reply.items : []
      if (role?.kind === 'bulk' && role.text === 'master') this.#write(target, ask)
      else this.#later()
    })
  }

  #write(target: { ip: string }, ask: Ask): void {
    if (this.#isStopped) return
    const id = this.#nextId
    this.#nextId += 1
    ask(['SET', 'last', String(id)], (reply) => {
      if (reply.kind === 'status') {
        this.acknowledged.push({ id, atMs: this.#cluster.nowMs, ip: this.#cluster.network.firstIp(target.ip) })
        this.#life.after(this.#options.everyMs * 1000, () => { this.#write(target, ask) })
      } else {
        this.#later()
      }
    })
  }

  /** Opens a connection and asks the first thing; the returned function asks more. Trouble ends in `later`. */
  #talk(target: { ip: string, port: number }, first: readonly string[], firstAnswer: (reply: Reply) => void): Ask {
    let waiting: ((reply: Reply) => void) | undefined
    let asked = 0
    const endpoint = this.#cluster.network.connect(this.#life, target, {
      received: (frame) => {
        const answer = waiting
        waiting = undefined
        if (frame.kind === 'reply') answer?.(frame.reply)
      },
      closed: () => { if (this.#endpoint === endpoint) this.#later() },
    })
    this.#endpoint = endpoint
    const ask: Ask = (argv, answer) => {
      waiting = answer
      asked += 1
      const number = asked
      endpoint.send({ kind: 'command', argv })
      this.#life.after(ANSWER_MAX_MS * 1000, () => {
        if (waiting !== undefined && asked === number && this.#endpoint === endpoint) this.#later()
      })
    }
    ask(first, firstAnswer)
    return ask
  }

  #later(): void {
    this.#endpoint?.close()
    this.#endpoint = undefined
    this.#life.after(RETRY_MS * 1000, () => { this.#findMaster() })
  }
}

type Ask = (argv: readonly string[], answer: (reply: Reply) => void) => void
