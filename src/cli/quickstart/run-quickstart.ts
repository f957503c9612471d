/** The quickstart: a failover on this machine, printed as it happens. */
import { spawnSync } from 'node:child_process'

import { messageOf, type Deployment } from '../../harness/index.ts'
import { ensurePackages, findProgram, MissingToolsError } from '../system-packages.ts'
import { lookAround } from './look-around.ts'
import { HELP, parseOptions, type QuickstartOptions } from './options.ts'
import { startStory, tellStory } from './story.ts'
import { openTerminal, type Terminal, type TerminalOutput } from './terminal.ts'

/** Runs the quickstart. Resolves with the exit status: 2 for invalid options, 1 when it failed. */
export async function runQuickstart(args: readonly string[], output: TerminalOutput = process.stdout): Promise<number> {
  const terminal = openTerminal(output, process.env)
  let options: QuickstartOptions
  try {
    options = parseOptions(args)
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${HELP}`)
    return 2
  }
  if (options.help) {
    terminal.line(HELP)
    return 0
  }
  try {
    await prepare(options, terminal)
    await run(options, terminal)
    return 0
  } catch (error) {
    console.error(error instanceof MissingToolsError ? error.message : `The quickstart failed: ${messageOf(error)}`)
    return 1
  }
}

async function prepare(options: QuickstartOptions, terminal: Terminal): Promise<void> {
  terminal.line(terminal.bold('ts-sentinel quickstart: a failover on this machine'))
  terminal.line()
  const tools = options.sentinel === 'genuine' ? ['redis-server', 'redis-sentinel'] as const : ['redis-server'] as const
  await ensurePackages(tools, (line) => { terminal.line(line) })
  const server = findProgram('redis-server') ?? 'redis-server'
  const version = spawnSync(server, ['--version'], { encoding: 'utf8', timeout: 10_000 }).stdout
  terminal.line(`redis-server ${/v=(\S+)/.exec(version)?.[1] ?? ''} (${server}), Node ${process.versions.node}`)
}

async function run(options: QuickstartOptions, terminal: Terminal): Promise<void> {
  const processes = options.proxy ? '1 master, 2 replicas, 3 sentinels and a proxy' : '1 master, 2 replicas and 3 sentinels'
  terminal.line(`Starting ${processes}; the quickstart takes about 20 s …`)
  const { deployment, dashboards } = await startStory(options)
  const interruption = interruptBySignals(deployment, terminal)
  try {
    await tellStory(deployment, terminal, interruption.signal)
    if (options.keep) {
      lookAround({ deployment, master: await deployment.currentMaster(), dashboards }, terminal)
      await deployment.leave()
    }
  } catch (error) {
    await interruption.end
    throw new Error(`${messageOf(error)}\n\nThe last events were:\n${deployment.timeline.tail()}`, { cause: error })
  } finally {
    interruption.ignore()
    await deployment.stop()
  }
  if (!options.keep) terminal.line('Everything was stopped and removed.')
}

interface Interruption {
  readonly signal: AbortSignal
  /** Resolved until a signal comes. Then pending while everything is stopped, at the end of which the process ends. */
  readonly end: Promise<void>
  /** From now on a signal ends the process at once. */
  ignore(): void
}

/** Ctrl-C stops the deployment before the process ends. npm passes the signal on, so it may come twice. */
function interruptBySignals(deployment: Deployment, terminal: Terminal): Interruption {
  const controller = new AbortController()
  let end = Promise.resolve()
  const interrupt = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) return
    terminal.line(`\n${signal}: stopping everything …`)
    controller.abort()
    end = deployment.stop().finally(() => {
      terminal.line('Everything was stopped and removed.')
      process.exit(signal === 'SIGINT' ? 130 : 143)
    })
  }
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']
  for (const signal of signals) process.on(signal, interrupt)
  return {
    signal: controller.signal,
    get end() { return end },
    ignore: () => { for (const signal of signals) process.removeListener(signal, interrupt) },
  }
}
