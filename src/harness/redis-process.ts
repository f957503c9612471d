import { readFileSync } from 'node:fs'

import type { Address } from './address.ts'
import { eventually, GaveUpError, messageOf } from './eventually.ts'
import { NodeProcess, type NodeProcessOptions } from './node-process.ts'
import type { ProgramPaths } from './programs.ts'
import { findServer, isThere, serverCommand, type ServerFile, type ServerProgram } from './server-program.ts'
import { isOlder, releaseOf, type ServerRelease } from './server-release.ts'
import type { Timeline } from './timeline.ts'

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

export interface RedisProcessOptions extends NodeProcessOptions {
  readonly server: ServerFile
  readonly release: ServerRelease
  /** The lines of its config file for a release, when it follows this master. */
  readonly linesFor: (release: ServerRelease, follows: Address | undefined) => readonly string[]
  /** For the program of a swap. Default: none. */
  readonly paths?: ProgramPaths | undefined
  readonly timeline: Timeline
}

/** One redis-server of a deployment. A restart loses its data, unless the deployment has `persistence`. */
export class RedisProcess extends NodeProcess {
  readonly #linesFor: RedisProcessOptions['linesFor']
  readonly #paths: ProgramPaths | undefined
  readonly #timeline: Timeline
  #server: ServerFile
  #release: ServerRelease

  constructor({ linesFor, server, release, paths, timeline, ...options }: RedisProcessOptions) {
    super(options)
    this.#linesFor = linesFor
    this.#server = server
    this.#release = release
    this.#paths = paths
    this.#timeline = timeline
  }

  /** The release of its program. */
  get release(): ServerRelease {
    return this.#release
  }

  /**
   * Starts the node with its present config file and waits until it answers PING. With `persistence: 'none'`, the
   * default, a node that ran before is empty now; if it is the master, so are its replicas as soon as they follow it.
   *
   * @throws Error when redis-server is not installed (with how to install it), or ends at once (with its log)
   */
  override async start(): Promise<void> {
    await this.process.start(serverCommand(this.#server, this.configFile), this.folder)
    await eventually(`${this.name} to answer PING`, async () => {
      if (!this.running) throw new GaveUpError(this.process.endProblem())
      try {
        await this.call(['PING'], 1_000)
      } catch (error) {
        // A node that is loading or requires another password is up as well.
        if (!/^(LOADING|NOAUTH|WRONGPASS|MASTERDOWN|NOPERM)/.test(messageOf(error))) throw error
      }
    }, { timeoutMs: START_MS, everyMs: 10 })
    await this.untilReachable()
  }

  /**
   * Stops the node and starts another program on the same port and folder, as a rolling upgrade does. The config file
   * stays, also with what CONFIG REWRITE changed; but for an older release, or for Redis after Valkey or the reverse,
   * it is written anew, with the present master. Leaves the mark `swap` in the timeline.
   *
   * @throws Error when the program is not found or cannot be built, before the node is stopped
   */
  async swap(program: ServerProgram): Promise<void> {
    const server = await findServer(program, this.#paths)
    if (!isThere(server)) throw new Error(`cannot swap ${this.name}: there is no program ${server.file}. ${server.ifMissing}`)
    const release = await releaseOf(server.file, server.env)
    const isRewritten = isOlder(release, this.#release)
    // Before the stop, because the release may lack what the deployment needs.
    this.#linesFor(release, undefined)
    this.#timeline.mark(this.name, 'swap', `${this.#release.name} to ${release.name}`)
    await this.stop()
    if (isRewritten) this.writeConfig(this.#linesFor(release, masterIn(readFileSync(this.configFile, 'utf8'))))
    this.#server = server
    this.#release = release
    await this.start()
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

/** The master that a redis.conf names last; undefined in that of a master. */
function masterIn(config: string): Address | undefined {
  const [host, port] = [...config.matchAll(/^(?:replicaof|slaveof)\s+(\S+)\s+(\d+)/gm)].at(-1)?.slice(1) ?? []
  return host === undefined ? undefined : { host, port: Number(port) }
}
