/** Real redis-server processes for the compliance of links. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Input } from '../../src/core/index.ts'
import {
  CertificateAuthority, eventually, ManagedProcess, RedisProcess, Timeline, Workspace, type TlsEndpoint,
} from '../../src/harness/index.ts'
import { findServer } from '../../src/harness/server-program.ts'
import { CURRENT_RELEASE } from '../../src/harness/server-release.ts'
import type { Links } from '../../src/ports/index.ts'
import type { ComplianceNode, LinksWorld, NodeAddress } from './links-compliance.ts'

const LOOPBACK = '127.0.0.1'

/** Long enough for a round trip over loopback on a busy machine. */
const QUIET_MS = 150

/** A deadline for conditions that take milliseconds when nothing is wrong. */
const WAIT_MS = 10_000

export type LinksMaker = (sink: (input: Input) => void, tls: TlsEndpoint | undefined) => Links

interface NodeTls {
  readonly endpoint: TlsEndpoint
  readonly lines: (port: number) => string[]
}

export class RealLinksWorld implements LinksWorld {
  readonly #createLinks: LinksMaker
  readonly #workspace = new Workspace('links-compliance')
  readonly #nodes: RedisProcess[] = []
  readonly #tls: NodeTls | undefined

  /** With TLS the nodes listen with nothing else, and the links get what they need to reach them. */
  constructor(createLinks: LinksMaker, { tls = false }: { readonly tls?: boolean } = {}) {
    this.#createLinks = createLinks
    if (tls) this.#tls = nodeTls(new CertificateAuthority(this.#workspace.folder))
  }

  createLinks(sink: (input: Input) => void): Links {
    return this.#createLinks(sink, this.#tls?.endpoint)
  }

  async startNode(options: { readonly renamed?: Readonly<Record<string, string>> } = {}): Promise<ComplianceNode> {
    const renamed = Object.entries(options.renamed ?? {}).map(([from, to]) => `rename-command ${from} "${to}"`)
    const redis = await this.startRedis(renamed)
    return {
      address: redis.address,
      publish: async (channel, message) => { await redis.call(['PUBLISH', channel, message]) },
      dropClients: async () => {
        await redis.call(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
        await redis.call(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      },
      pause: () => { redis.pause() },
      resume: () => { redis.resume() },
      stop: async () => { await redis.kill() },
    }
  }

  /** A running redis-server with these lines in its configuration. */
  async startRedis(configLines: readonly string[]): Promise<RedisProcess> {
    const port = await this.#workspace.claimPort()
    const folder = join(this.#workspace.folder, `node-${port}`)
    mkdirSync(folder)
    const lines = [
      ...this.#tls?.lines(port) ?? [`port ${port}`], `bind ${LOOPBACK} ::1`, 'save ""', 'enable-debug-command yes', ...configLines,
    ]
    const redis = new RedisProcess({
      process: new ManagedProcess({
        name: `node-${port}`, logFile: join(folder, 'log'), workspace: this.#workspace, onChange: () => undefined,
      }),
      address: { host: LOOPBACK, port },
      control: { host: LOOPBACK, port, ...(this.#tls !== undefined && { tls: this.#tls.endpoint }) },
      folder,
      configFile: join(folder, 'redis.conf'),
      configLines: lines,
      linesFor: () => lines,
      server: await findServer(undefined),
      release: CURRENT_RELEASE,
      timeline: new Timeline(),
      login: {},
    })
    this.#nodes.push(redis)
    await redis.start()
    return redis
  }

  async refusingAddress(): Promise<NodeAddress> {
    return { host: LOOPBACK, port: await this.#workspace.claimPort() }
  }

  async eventually(what: string, check: () => void): Promise<void> {
    await eventually(what, check, { timeoutMs: WAIT_MS, everyMs: 2 })
  }

  /** Time has to pass for real here: nothing tells that nothing comes. */
  async quiet(): Promise<void> {
    const until = performance.now() + QUIET_MS
    await this.eventually('quiet', () => {
      if (performance.now() < until) throw new Error('something may still be under way')
    })
  }

  async stop(): Promise<void> {
    for (const node of this.#nodes) {
      node.close()
      await node.kill()
    }
    await this.#workspace.remove()
  }
}

function nodeTls(authority: CertificateAuthority): NodeTls {
  const node = authority.issue('node')
  return {
    endpoint: authority.endpoint(authority.issue('links')),
    lines: (port) => [
      'port 0', `tls-port ${port}`, `tls-cert-file ${node.cert}`, `tls-key-file ${node.key}`,
      `tls-ca-cert-file ${authority.cert}`,
    ],
  }
}
