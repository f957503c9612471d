/**
 * The network between machines: listening, connecting, delays, partitions, refusals. Routes have two directions of
 * their own, so a partition may be one-way.
 */
import { Endpoint, type EndpointHandler } from './connection.ts'
import type { EventQueue, Micros } from './event-queue.ts'
import type { Host, Life } from './host.ts'
import type { SimRandom } from './random.ts'
import { LOCAL_DELAY, Route, type Delay, type Interception } from './route.ts'

/** Called for each connection that arrives. */
export type Accept = (endpoint: Endpoint) => EndpointHandler

interface Listener {
  readonly life: Life
  readonly accept: Accept
}

interface Pair {
  readonly client: Endpoint
  server: Endpoint | undefined
}

/** First wait before an unanswered SYN is sent again; it doubles. */
const SYN_RETRY: Micros = 1_000_000
const SYN_RETRIES_MAX = 6

export class Network {
  readonly #queue: EventQueue
  readonly #random: SimRandom
  readonly #hosts = new Map<string, Host>()
  /** Further addresses and names of machines, to their first address. */
  readonly #aliases = new Map<string, string>()
  readonly #listeners = new Map<string, Listener>()
  readonly #routes = new Map<string, Route>()
  readonly #pairs = new Set<Pair>()
  readonly #delay: Delay
  /** The name service answers nobody. */
  areNamesDown = false

  constructor(given: { queue: EventQueue, random: SimRandom, delay?: Delay }) {
    this.#queue = given.queue
    this.#random = given.random
    this.#delay = given.delay ?? LOCAL_DELAY
  }

  add(host: Host): void {
    this.#hosts.set(host.ip, host)
  }

  /** Another address, or a name, of a machine. */
  addAlias(alias: string, ip: string): void {
    this.#aliases.set(alias, ip)
  }

  /** The first address of the machine that this address or name belongs to. */
  firstIp(host: string): string {
    return this.#aliases.get(host) ?? host
  }

  route(from: string, to: string): Route {
    const key = `${from}>${to}`
    let route = this.#routes.get(key)
    if (route === undefined) {
      route = new Route(this.#delay)
      this.#routes.set(key, route)
    }
    return route
  }

  listen(life: Life, port: number, accept: Accept): void {
    this.#listeners.set(`${life.host.ip}:${port}`, { life, accept })
  }

  stopListening(ip: string, port: number): void {
    this.#listeners.delete(`${ip}:${port}`)
  }

  /** Starts a connection. The handler hears `opened`, or `closed` when it could not be made. */
  connect(life: Life, to: { ip: string, port: number }, handler: EndpointHandler): Endpoint {
    const client: Endpoint = new Endpoint({ life, handler, onClosed: () => { this.#forget(pair) } })
    const pair: Pair = { client, server: undefined }
    const first = { ip: this.firstIp(to.ip), port: to.port }
    client.peerIp = first.ip
    this.#pairs.add(pair)
    this.#attempt(pair, first, 0)
    return client
  }

  /** Blocks one direction. What is sent waits, connections are not made. Every block needs its own end. */
  block(from: string, to: string): void {
    this.route(from, to).blocks += 1
  }

  unblock(from: string, to: string): void {
    const route = this.route(from, to)
    if (route.blocks > 0) route.blocks -= 1
    if (!route.isBlocked) this.#flush()
  }

  /** Every route is open and as fast as at the beginning. */
  heal(): void {
    for (const route of this.#routes.values()) {
      route.blocks = 0
      route.interception = undefined
      route.delay = this.#delay
    }
    this.#flush()
  }

  /** Breaks the standing connections between two machines, as a restarted firewall does. */
  cut(oneIp: string, otherIp: string): void {
    for (const { client, server } of [...this.#pairs]) {
      const ips = [client.life.host.ip, client.peerIp]
      if (!ips.includes(oneIp) || !ips.includes(otherIp)) continue
      client.reset()
      server?.reset()
    }
  }

  /** The process of this life ended; the machine closes its connections. */
  endProcess(life: Life): void {
    this.#removeListeners(life)
    for (const endpoint of this.#endpointsOf(life)) endpoint.close()
  }

  /** The machine lost its power; nobody is told. */
  powerOff(host: Host): void {
    host.isOn = false
    const { life } = host
    if (life === undefined) return
    this.#removeListeners(life)
    for (const endpoint of this.#endpointsOf(life)) endpoint.vanish()
  }

  powerOn(host: Host): void {
    host.isOn = true
    this.#flush()
  }

  /** Connections that at least one end still holds. */
  get connectionCount(): number {
    return this.#pairs.size
  }

  #attempt(pair: Pair, to: { ip: string, port: number }, tries: number): void {
    const { client } = pair
    if (client.isClosed || client.life.hasEnded) return
    const there = this.route(client.life.host.ip, to.ip)
    const back = this.route(to.ip, client.life.host.ip)
    const isReachable = () => !there.isBlocked && !back.isBlocked && this.#hosts.get(to.ip)?.isOn === true
    const again = () => {
      if (tries >= SYN_RETRIES_MAX) client.reset('Connection timed out')
      else this.#queue.after(SYN_RETRY * 2 ** tries, () => { this.#attempt(pair, to, tries + 1) })
    }
    if (!isReachable() || !client.life.host.isOn) {
      again()
      return
    }
    this.#queue.after(there.draw(this.#random), () => {
      if (client.isClosed) return
      if (!isReachable()) again()
      else this.#arrive(pair, to, { there, back })
    })
  }

  #arrive(pair: Pair, to: { ip: string, port: number }, routes: { there: Route, back: Route }): void {
    const { client } = pair
    if (routes.there.interception !== undefined) {
      this.#queue.after(routes.back.draw(this.#random), () => { intercept(client, routes.there.interception) })
      return
    }
    const listener = this.#listeners.get(`${to.ip}:${to.port}`)
    if (listener === undefined || listener.life.hasEnded) {
      this.#queue.after(routes.back.draw(this.#random), () => { client.reset('Connection refused', 'refused') })
      return
    }
    const server = this.#makeServerEnd(pair, listener)
    const shared = { queue: this.#queue, random: this.#random }
    client.join({ ...shared, route: routes.there, target: server })
    server.join({ ...shared, route: routes.back, target: client })
    server.isEstablished = true
    this.#queue.after(routes.back.draw(this.#random), () => {
      if (client.isClosed) {
        server.reset()
        return
      }
      client.open()
      client.flush()
      server.flush()
    })
  }

  /** The kernel accepts; the process learns of it when it runs. */
  #makeServerEnd(pair: Pair, { life, accept }: Listener): Endpoint {
    let handler: EndpointHandler | undefined
    const server: Endpoint = new Endpoint({
      life,
      handler: {
        received: (frame) => { handler?.received(frame) },
        closed: (reason, cause) => { handler?.closed(reason, cause) },
      },
      onClosed: () => { this.#forget(pair) },
    })
    server.peerIp = pair.client.life.host.ip
    pair.server = server
    life.run(() => { handler = accept(server) })
    return server
  }

  #endpointsOf(life: Life): Endpoint[] {
    const found: Endpoint[] = []
    for (const { client, server } of this.#pairs) {
      if (client.life === life) found.push(client)
      if (server?.life === life) found.push(server)
    }
    return found
  }

  #removeListeners(life: Life): void {
    for (const [key, listener] of this.#listeners) if (listener.life === life) this.#listeners.delete(key)
  }

  #flush(): void {
    for (const { client, server } of this.#pairs) {
      client.flush()
      server?.flush()
    }
  }

  /** A pair is forgotten when neither end holds it. */
  #forget(pair: Pair): void {
    const serverIsGone = pair.server === undefined || pair.server.isClosed
    if (pair.client.isClosed && serverIsGone) this.#pairs.delete(pair)
  }
}

function intercept(client: Endpoint, how: Interception | undefined): void {
  switch (how) {
    case 'refused':
      client.reset('Connection refused', 'refused')
      return
    case 'unreachable':
      client.reset('No route to host')
      return
    case 'reset':
    case undefined:
      client.open()
      client.reset()
  }
}
