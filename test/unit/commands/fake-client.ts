import type {
  Answer, Client, ClientBuffers, ClientOrigin, ClientRegistry, CommandRename, PauseMode, Worker,
} from '../../../src/commands/index.ts'
import { Control, Deferred, Dispatcher } from '../../../src/commands/index.ts'
import type { RespValue } from '../../../src/resp/index.ts'
import { ClientRecord, type ClientOwner } from '../../../src/server/client-record.ts'
import { Counters } from '../../../src/server/counters.ts'
import type { FakeWorld, FakeWorldOptions } from './fake-world.ts'
import { fakeWorld } from './fake-world.ts'

/** What commands asked of a connection. */
class FakeOwner implements ClientOwner {
  ending: 'none' | 'after-reply' | 'now' = 'none'
  readonly willClose = false

  onSubscribe(): void {
    // There is no server that would publish anything.
  }

  onUnsubscribe(): void {
    // There is no server that would publish anything.
  }

  buffers(): ClientBuffers {
    return { queryBytes: 26, queryFreeBytes: 100, argumentBytes: 10, outputBytes: 0, outputItems: 0 }
  }

  closeAfterReply(): void {
    this.ending = 'after-reply'
  }

  close(): void {
    this.ending = 'now'
  }
}

/** The client of a connection without a socket. */
export class FakeClient extends ClientRecord {
  readonly #owner: FakeOwner

  constructor(id: number, origin: Partial<ClientOrigin>, authenticated: boolean) {
    const owner = new FakeOwner()
    super({
      id, address: '127.0.0.1:50001', localAddress: '127.0.0.1:26379', fileDescriptor: 9, isUnixSocket: false,
      connectedAt: 0, ...origin,
    }, owner, { authenticated })
    this.#owner = owner
  }

  get ending(): FakeOwner['ending'] {
    return this.#owner.ending
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
  addClient(origin?: Partial<ClientOrigin>): FakeClient
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
  const addClient = (origin: Partial<ClientOrigin> = {}): FakeClient => {
    const client = new FakeClient(clients.clients.length + 1, origin, fake.world.access.isOpen)
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
