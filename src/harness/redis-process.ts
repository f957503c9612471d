import type { Address } from './address.ts'
import { eventually, GaveUpError, messageOf } from './eventually.ts'
import { NodeProcess, type NodeProcessOptions } from './node-process.ts'
import { redisServer } from './programs.ts'

/** Time limit for the first answer of redis-server. */
const START_MS = 15_000

/** The replication state that a data node reports. */
export interface ReplicationFacts {
  readonly role: 'master' | 'slave'
  /** Replicas only: the address of the master, and whether the link to it is up. */
  readonly master: Address | undefined
  readonly linkUp: boolean
  readonly offset: number
}

/** One redis-server of a deployment. A restart loses its data, unless the deployment has `persistence`. */
export class RedisProcess extends NodeProcess {
  readonly #program: string

  constructor({ program, ...options }: NodeProcessOptions & { readonly program: string }) {
    super(options)
    this.#program = program
  }

  /**
   * Starts the node with its present config file and waits until it answers PING. With `persistence: 'none'`, the
   * default, a node that ran before is empty now; if it is the master, so are its replicas as soon as they follow it.
   *
   * @throws Error when redis-server is not installed (with how to install it), or ends at once (with its log)
   */
  override async start(): Promise<void> {
    await this.process.start(redisServer(this.#program, this.configFile), this.folder)
    await eventually(`${this.name} to answer PING`, async () => {
      if (!this.running) throw new GaveUpError(`${this.name} ended at its start; its log ends with:\n${this.process.logTail()}`)
      try {
        await this.call(['PING'], 1_000)
      } catch (error) {
        // A node that is loading or requires another password is up as well.
        if (!/^(LOADING|NOAUTH|WRONGPASS|MASTERDOWN|NOPERM)/.test(messageOf(error))) throw error
      }
    }, { timeoutMs: START_MS, everyMs: 10 })
    await this.untilReachable()
  }

  /** The fields of INFO. */
  async info(section: string): Promise<Readonly<Record<string, string>>> {
    const text = String(await this.call(['INFO', section]))
    const fields = text.split('\r\n').filter((line) => line.includes(':') && !line.startsWith('#'))
    return Object.fromEntries(fields.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    }))
  }

  async replication(): Promise<ReplicationFacts> {
    const info = await this.info('replication')
    const host = info['master_host']
    return {
      role: info['role'] === 'master' ? 'master' : 'slave',
      master: host === undefined ? undefined : { host, port: Number(info['master_port']) },
      linkUp: info['master_link_status'] === 'up',
      offset: Number(info['slave_repl_offset'] ?? info['master_repl_offset'] ?? 0),
    }
  }
}
