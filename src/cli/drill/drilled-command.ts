import {
  applicationEnvironment, ApplicationProcess, clock, exitStatus, eventually, notYet, TimedOutError, within,
  type Deployment, type Exit, type ProxyProcess, type Reply, type RedisProcess, type ScenarioApplication,
} from '../../harness/index.ts'

/** Time that a command gets to connect before the fault, in milliseconds; a slower one sees the fault as it starts. */
const CONNECT_MS = 10_000

/** Time that a command gets to end after SIGTERM, in milliseconds. */
const STOP_MS = 10_000

/** Statuses of a command that was ended by SIGTERM: an orderly end, and the signal itself. */
const AFTER_SIGTERM = [0, 143]

/** A command of the user that runs as the application during a scenario. Its status decides with the scenario. */
export class DrilledCommand implements ScenarioApplication {
  readonly #application: ApplicationProcess
  readonly #waitMs: number
  #exit: Exit | undefined
  #endedAt: number | undefined

  private constructor(application: ApplicationProcess, waitMs: number) {
    this.#application = application
    this.#waitMs = waitMs
    void application.ended.then((exit) => {
      this.#exit = exit
      this.#endedAt = clock()
    })
  }

  /**
   * Starts the command with a shell, and waits until it has connected to a master or the proxy. Its output goes to
   * standard error, because the results of the drill are on standard output.
   *
   * @param waitMs how long the command may go on by itself after the recovery, in milliseconds
   */
  static async start(command: string, deployment: Deployment, waitMs: number): Promise<DrilledCommand> {
    const masters = await Promise.all(deployment.groups.map(({ name }) => deployment.currentMaster(name)))
    const before = await clientsOf(masters, deployment.proxy)
    const application = await ApplicationProcess.start({
      file: '/bin/sh', args: ['-c', command], environment: applicationEnvironment(deployment), streams: 'to-stderr',
    })
    const drilled = new DrilledCommand(application, waitMs)
    try {
      await eventually('a connection of the command', async () => {
        if (drilled.#exit !== undefined) return
        const present = await clientsOf(masters, deployment.proxy)
        if ([...present].every((client) => before.has(client))) throw notYet('no new client of a master or the proxy')
      }, { timeoutMs: CONNECT_MS })
    } catch {
      // It may connect later, or to replicas only.
    }
    return drilled
  }

  /** Lets the command end by itself, then asks it to by SIGTERM. */
  async finish(faultAt: number): Promise<string | undefined> {
    const endedByItself = await this.#ends(this.#waitMs)
    if (!endedByItself) {
      this.#application.signalAll('SIGTERM')
      if (!await this.#ends(STOP_MS)) return `the command did not end within ${STOP_MS / 1_000} s after SIGTERM`
    }
    const status = this.#exit === undefined ? 1 : exitStatus(this.#exit)
    if (endedByItself ? status !== 0 : !AFTER_SIGTERM.includes(status)) return `the command ended with status ${status}`
    if (this.#endedAt !== undefined && this.#endedAt < faultAt) {
      return 'the command ended before the fault, so it tested nothing'
    }
    return undefined
  }

  close(): Promise<void> {
    return this.#application.sweep()
  }

  async #ends(limitMs: number): Promise<boolean> {
    try {
      await within('the end of the command', limitMs, this.#application.ended)
      return true
    } catch (error) {
      if (error instanceof TimedOutError) return false
      throw error
    }
  }
}

/**
 * The clients of the masters, each with its master and its number there, and the number of clients that the proxy has
 * accepted: in route mode they share connections to the master.
 */
async function clientsOf(
  masters: readonly RedisProcess[], proxy: ProxyProcess | undefined,
): Promise<ReadonlySet<string>> {
  const lists = await Promise.all(masters.map(async (master) => {
    const list: Reply = await master.call(['CLIENT', 'LIST'])
    return [...String(list).matchAll(/^id=(\d+)/gm)].map(([, id]) => `${master.name} ${id}`)
  }))
  const accepted = await proxy?.metric('ts_sentinel_proxy_connections_accepted_total')
  return new Set([...lists.flat(), ...accepted === undefined ? [] : [`proxy ${accepted}`]])
}
