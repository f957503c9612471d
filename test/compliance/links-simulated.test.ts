/** The simulated links hold what those of production hold, so what the simulation finds is worth something. */
import type { Input } from '../../src/core/index.ts'
import type { Links } from '../../src/ports/index.ts'
import { Host } from '../simulator/host.ts'
import { Cluster } from '../simulator/index.ts'
import { RedisNode } from '../simulator/redis-model.ts'
import { SimLinks } from '../simulator/sim-links.ts'
import { linksCompliance, type ComplianceNode, type LinksWorld, type NodeAddress } from './links-compliance.ts'

/** Simulated milliseconds for a condition, and for everything under way to arrive. */
const WAIT_MS = 20_000
const QUIET_MS = 500
const PORT = 6379

class SimLinksWorld implements LinksWorld {
  readonly #cluster = new Cluster({ seed: 1, sentinels: 0 })
  readonly #sentinel = new Host({ name: 's', ip: '10.9.0.1', queue: this.#cluster.queue })
  readonly #life = this.#sentinel.begin()
  #nodes = 0
  readonly ownHost = this.#sentinel.ip

  constructor() {
    this.#cluster.network.add(this.#sentinel)
  }

  createLinks(sink: (input: Input) => void): Links {
    return new SimLinks({ life: this.#life, network: this.#cluster.network, enqueue: sink, onSent: () => undefined })
  }

  async startNode(options: { readonly renamed?: Readonly<Record<string, string>> } = {}): Promise<ComplianceNode> {
    this.#nodes += 1
    const ip = `10.9.1.${this.#nodes}`
    const node = new RedisNode(
      { name: `n${this.#nodes}`, ip, port: PORT, renamedCommands: options.renamed ?? {} },
      {
        network: this.#cluster.network, queue: this.#cluster.queue, random: this.#cluster.random.fork(ip),
        onChanged: () => undefined,
      },
    )
    await this.#cluster.runFor(10)
    return {
      address: { host: ip, port: PORT },
      publish: (channel, message) => {
        node.publish(channel, message)
        return Promise.resolve()
      },
      dropClients: () => {
        this.#cluster.network.cut(ip, this.#sentinel.ip)
        return Promise.resolve()
      },
      pause: () => { node.pause() },
      resume: () => { node.resume() },
      stop: () => {
        node.kill()
        return Promise.resolve()
      },
    }
  }

  async refusingAddress(): Promise<NodeAddress> {
    const { address } = await this.startNode()
    return { host: address.host, port: PORT + 1 }
  }

  async eventually(_what: string, check: () => void): Promise<void> {
    const holds = () => {
      try {
        check()
        return true
      } catch {
        // Asked again below, where its reason is told.
        return false
      }
    }
    if (!await this.#cluster.reaches(holds, WAIT_MS)) check()
  }

  quiet(): Promise<void> {
    return this.#cluster.runFor(QUIET_MS)
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}

linksCompliance('simulated', () => Promise.resolve(new SimLinksWorld()))
