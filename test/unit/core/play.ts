/** A core whose nodes answer at once, for tests about moments. */
import {
  initialDurable, initialSettings, protectionOfAll, Sentinel,
  type ConnectionId, type DisconnectCause, type DurableMaster, type DurableState, type Effect, type Input,
  type MasterExplanation, type MasterSettings, type Note, type Now, type Operation, type OperationId,
  type OperationResult, type OutsidePasswords, type Protection, type Reply, type Request, type SentinelView,
} from '../../../src/core/index.ts'

export const PEER_ID = 'b'.repeat(40)

/** What masters, replicas and peers say: alive, nothing in INFO, the master is down, and no vote. */
const REPLIES: Readonly<Record<string, Reply>> = {
  ping: { kind: 'status', text: 'PONG' },
  ask: { kind: 'array', items: [{ kind: 'integer', value: 1n }, { kind: 'bulk', text: '*' }, { kind: 'integer', value: 0n }] },
}

export interface Nodes {
  readonly master: string
  readonly replica: string
  readonly peer: string
}

/** What a node answers; undefined is the usual reply. A node that does not answer INFO is not asked for it again. */
type Answer = (node: string, request: Request) => Reply | undefined

export interface PlayOptions {
  /** Of every master, instead of the usual ones. */
  readonly settings?: Partial<MasterSettings>
  readonly globals?: Partial<DurableState>
  readonly answer?: Answer
  readonly protection?: Partial<Protection>
  readonly outsidePasswords?: OutsidePasswords
}

/** Masters `m0`, `m1`, … with a replica and one peer, all of them reached unless they are dead. */
export class Play {
  readonly #sentinel: Sentinel
  readonly #open = new Map<ConnectionId, string>()
  readonly #pending = new Map<ConnectionId, string>()
  readonly dead = new Set<string>()
  /** How attempts to connect to them end. */
  failure: { readonly cause: DisconnectCause, readonly reason: string } = { cause: 'refused', reason: 'Connection refused' }
  /** Attempts to connect to them get no answer until `refusePending`. */
  readonly silent = new Set<string>()
  /** Attempts to connect that were made, and when. */
  attempts: { readonly at: number, readonly to: string }[] = []
  /** Events, and when. */
  readonly events: { readonly at: number, readonly name: string, readonly master: string | undefined }[] = []
  /** Results of operations, in the order in which they were answered. */
  readonly answers: OperationResult[] = []
  /** What was said in the log. */
  readonly notes: Note[] = []
  /** Replies that differ from the usual ones; undefined means the usual one. */
  answer: Answer = () => undefined
  now = 0
  #operations = 0
  /** Answers of nodes that have not been taken yet. */
  readonly #waiting: Input[] = []

  /** Names that were looked up, in order. */
  readonly lookups: string[] = []

  /** The last AUTH to each node, with the words behind it. */
  readonly logins = new Map<string, string>()

  constructor(
    groups: readonly Nodes[],
    { settings = {}, globals = {}, answer, protection, outsidePasswords }: PlayOptions = {},
  ) {
    if (answer !== undefined) this.answer = answer
    this.#sentinel = new Sentinel({
      seed: 1,
      announcePort: 26379,
      protection: protectionOfAll(protection),
      ...(outsidePasswords === undefined ? {} : { outsidePasswords }),
      durable: {
        ...initialDurable('a'.repeat(40)),
        masters: groups.map((nodes, at) => durableMaster(nodes, at, settings)),
        ...globals,
      },
    })
    this.#step({ type: 'start' })
    this.run(100)
    this.attempts = []
  }

  /** Lets the time go on. */
  run(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 1
      const wakeAt = this.#sentinel.wakeAt()
      if (wakeAt !== undefined && wakeAt <= this.now) this.#step({ type: 'tick' })
    }
  }

  /** The attempts that got no answer are refused now. */
  refusePending(): void {
    this.silent.clear()
    for (const connection of this.#pending.keys()) this.#step({ type: 'disconnected', connection, ...this.failure })
    this.#pending.clear()
  }

  /** All connections to it are lost; new ones are refused while it is dead. */
  lose(to: string): void {
    for (const [connection, place] of this.#open) {
      if (place === to) this.#step({ type: 'disconnected', connection, cause: 'other', reason: 'Connection reset by peer' })
    }
  }

  hello(from: string, text: string): void {
    this.message(this.channelOf(from), text)
  }

  channelOf(node: string): ConnectionId {
    const [connection] = [...this.#open].find(([, place]) => place === `${node} hello`) ?? []
    if (connection === undefined) throw new Error('no hello connection')
    return connection
  }

  /** On a channel that may have been closed since: what was read before is handled after that. */
  message(connection: ConnectionId, payload: string): void {
    this.#step({ type: 'message', connection, payload })
  }

  /** A name has an address now, or none. */
  resolved(host: string, address: string | undefined): void {
    this.#step({ type: 'resolved', host, address })
  }

  /** Runs an operation; its result, if it has one at once. */
  operate(operation: Operation): OperationResult | undefined {
    this.#operations += 1
    const id = this.#operations as OperationId
    const effects = this.#step({ type: 'operation', id, operation })
    return effects.flatMap((effect) => effect.type === 'answer' && effect.operation === id ? [effect.result] : [])[0]
  }

  /** The state that a save would write. */
  get durable(): DurableState {
    return this.#sentinel.durableState()
  }

  get view(): SentinelView {
    return this.#sentinel.view
  }

  get moment(): Now {
    return { mono: this.now, wall: this.now }
  }

  explain(master: string): MasterExplanation | undefined {
    return this.view.explain(master, this.moment)
  }

  /** The peer asks for our vote. */
  askForVote(master: string, epoch: bigint): void {
    this.operate({ kind: 'is-master-down', ...address(master), epoch, candidate: PEER_ID })
  }

  /** How long after `since` the attempts to reach this node came, each pair of connections once. */
  attemptsTo(node: string, since: number): number[] {
    return [...new Set(this.attempts.filter(({ to }) => to.startsWith(node)).map(({ at }) => at - since))]
  }

  /** When this was told of the master. */
  told(name: string, master: string): number | undefined {
    return this.events.find((one) => one.name === name && one.master === master)?.at
  }

  #step(input: Input): readonly Effect[] {
    const [first, waiting] = [this.#one(input), this.#waiting.splice(0)]
    // Nodes answer in the order in which they were asked.
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      this.#one(next)
      waiting.push(...this.#waiting.splice(0))
    }
    return first
  }

  #one(input: Input): readonly Effect[] {
    const effects = this.#sentinel.step(input, this.moment)
    this.#waiting.push(...effects.flatMap((effect) => this.#answers(effect)))
    if (input.type === 'disconnected') this.#open.delete(input.connection)
    return effects
  }

  #answers(effect: Effect): Input[] {
    if (effect.type === 'emit') this.events.push({ at: this.now, name: effect.event.name, master: effect.event.master })
    if (effect.type === 'answer') this.answers.push(effect.result)
    if (effect.type === 'note') this.notes.push(effect.note)
    if (effect.type === 'resolve') this.lookups.push(effect.host)
    if (effect.type === 'close') this.#open.delete(effect.connection)
    if (effect.type === 'send') {
      const { connection, request, argv } = effect
      if (request.kind === 'auth') this.logins.set((this.#open.get(connection) ?? '').replace(' hello', ''), argv.slice(1).join(' '))
      const reply = this.answer(this.#open.get(connection) ?? '', request) ?? REPLIES[request.kind]
      return reply === undefined || !this.#open.has(connection) ? [] : [{ type: 'reply', connection, request, reply }]
    }
    if (effect.type !== 'connect') return []
    const { connection, purpose, host, port } = effect
    const node = `${host}:${port}`
    this.attempts.push({ at: this.now, to: `${node} ${purpose}` })
    if (this.silent.has(node)) {
      this.#pending.set(connection, node)
      return []
    }
    if (this.dead.has(node)) return [{ type: 'disconnected', connection, ...this.failure }]
    this.#open.set(connection, purpose === 'hello' ? `${node} hello` : node)
    return [{ type: 'connected', connection, localAddress: '10.0.0.9' }]
  }
}

function durableMaster({ master, replica, peer }: Nodes, at: number, settings: Partial<MasterSettings>): DurableMaster {
  return {
    name: `m${at}`, ...address(master), settings: { ...initialSettings(2), downAfterMs: 5000, ...settings },
    configEpoch: 0n, leaderEpoch: 0n,
    replicas: [address(replica)], sentinels: [{ ...address(peer), runId: PEER_ID }],
  }
}

function address(text: string): { host: string, port: number } {
  const [host = '', port] = text.split(':')
  return { host, port: Number(port) }
}
