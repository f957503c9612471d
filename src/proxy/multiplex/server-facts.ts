/** What the master tells about itself: its release, and commands that the proxy does not know yet. */
import type { SentinelAsker } from '../../ports/index.ts'
import type { CommandTable } from '../commands/command-table.ts'
import { readCommands } from '../commands/server-commands.ts'
import type { LocalMeans, LoginCheck } from '../requests/local-commands.ts'
import type { NodeAddress, Topology } from '../topology/topology.ts'

export class ServerFacts implements LocalMeans {
  readonly login: LoginCheck
  /** Until the master has answered, the release with whose commands the proxy begins. */
  serverVersion = '7.0.0'
  readonly #nodes: SentinelAsker
  readonly #commands: CommandTable

  constructor({ nodes, commands, login, topology }: {
    readonly nodes: SentinelAsker
    readonly commands: CommandTable
    readonly login: LoginCheck
    readonly topology: Topology
  }) {
    this.login = login
    this.#nodes = nodes
    this.#commands = commands
    topology.onChange((change) => { if (change.kind === 'master' && change.to !== undefined) void this.#ask(change.to) })
  }

  /** What cannot be learned stays as it is: commands that are not known get a connection of their own. */
  async #ask(address: NodeAddress): Promise<void> {
    try {
      const [commands, info] = await this.#nodes.ask(address, [['COMMAND'], ['INFO', 'server']])
      for (const facts of readCommands(commands)) this.#commands.add(facts)
      const version = info?.kind === 'bulk' ? /^redis_version:([\w.]+)/m.exec(info.text)?.[1] : undefined
      if (version !== undefined) this.serverVersion = version
    } catch {
      // The next master is asked again.
    }
  }
}
