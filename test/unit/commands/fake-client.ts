import type { Answer, Client, ClientRegistry, CommandRename, PauseMode, ReplyMode, SubscriptionKind, Tracking, Worker } from '../../../src/commands/index.ts'
import { Control, Deferred, Dispatcher } from '../../../src/commands/index.ts'
import type { ProtocolVersion, RespValue } from '../../../src/resp/index.ts'
import { Counters } from '../../../src/server/counters.ts'
import type { FakeWorld, FakeWorldOptions } from './fake-world.ts'
import { fakeWorld } from './fake-world.ts'

/** A connection without a socket. */
export class FakeClient implements Client {
  readonly id: number
  address = '127.0.0.1:50001'
  localAddress = '127.0.0.1:26379'
  fileDescriptor = 9
  isUnixSocket = false
  connectedAt = 0
  lastInteractionAt = 0
  user = 'default'
  authenticated = true
  protocol: ProtocolVersion = 2
  name = ''
  libraryName = ''
  libraryVersion = ''
  replyMode: ReplyMode = 'on'
  lastCommand: string | undefined
  isSafeFromEviction = false
  tracking: Tracking | undefined
  readonly channels = new Set<string>()
  readonly patterns = new Set<string>()
  willClose = false
  ending: 'none' | 'after-reply' | 'now' = 'none'

  constructor(id: number) {
    this.id = id
  }

  subscribe(kind: SubscriptionKind, name: string): void {
    this.#names(kind).add(name)
  }

  unsubscribe(kind: SubscriptionKind, name: string): void {
    this.#names(kind).delete(name)
  }

  buffers(): ReturnType<Client['buffers']> {
    return { queryBytes: 26, queryFreeBytes: 100, argumentBytes: 10, outputBytes: 0, outputItems: 0 }
  }

  closeAfterReply(): void {
    this.ending = 'after-reply'
  }

  close(): void {
    this.ending = 'now'
  }

  #names(kind: SubscriptionKind): Set<string> {
    return kind === 'channel' ? this.channels : this.patterns
  }
}

export class FakeRegistry implements ClientRegistry {
  readonly clients: FakeClient[] = []
  channelCount = 0
  patternCount = 0
  paused: { mode: PauseMode, until: number } | undefined

  get count(): number {
    return this.clients.length
  }

  all(): Iterable<Client> {
    return this.clients
  }

  mayAdd(): boolean {
    return true
  }

  goOn(worker: Worker): void {
    setImmediate(() => {
      if (worker.work()) this.goOn(worker)
    })
  }

  byId(id: number): FakeClient | undefined {
    return this.clients.find((client) => client.id === id)
  }

  pause(mode: PauseMode, until: number): void {
    this.paused = { mode, until }
  }

  unpause(): void {
    this.paused = undefined
  }

  pausedMode(): PauseMode | undefined {
    return this.paused?.mode
  }
}

export interface BenchOptions extends FakeWorldOptions {
  readonly renamedCommands?: readonly CommandRename[]
}

/** A dispatcher with one client, `me`, and everything around it faked. */
export interface Bench extends FakeWorld {
  readonly clients: FakeRegistry
  readonly counters: Counters
  readonly me: FakeClient
  /** One request of `me`, as the dispatcher answers it. */
  run(argv: readonly string[]): Answer
  addClient(): FakeClient
  /** The reply, waited for if it is deferred; a Control as its action in brackets, a muted reply as `[muted]`. */
  ask(...argv: string[]): Promise<RespValue>
  /** The same for one inline line. */
  say(line: string): Promise<RespValue>
}

export function bench({ renamedCommands = [], ...options }: BenchOptions = {}): Bench {
  const fake = fakeWorld(options)
  const clients = new FakeRegistry()
  const counters = new Counters()
  const facts = { ...fake.world.facts, maxClients: 10_000, tcpPort: () => 26379, listeners: () => ['name=tcp,bind=*,bind=-::*,port=26379'] }
  const dispatcher = new Dispatcher({ ...fake.world, facts, clients, counters, renamedCommands })
  const addClient = (): FakeClient => {
    const client = new FakeClient(clients.clients.length + 1)
    client.authenticated = fake.world.access.isOpen
    clients.clients.push(client)
    return client
  }
  const me = addClient()
  const ask = async (...argv: string[]): Promise<RespValue> => {
    const answer = dispatcher.run(argv, me)
    if (answer instanceof Control) return `[${answer.action}]`
    if (!(answer instanceof Deferred)) return plain(answer)
    const value = await new Promise<RespValue>((resolve) => { answer.start(resolve) })
    return answer.isMuted ? '[muted]' : value
  }
  return Object.assign(fake, {
    clients, counters, me, addClient, ask, run: (argv: readonly string[]) => dispatcher.run(argv, me), say: (line: string) => ask(...line.split(' ')),
  })
}

/** What a reply is made of, whether or not its bytes are kept. */
function plain(value: RespValue): RespValue {
  const isPrepared = typeof value === 'object' && value !== null && 'type' in value && value.type === 'prepared'
  return isPrepared ? value.value : value
}
