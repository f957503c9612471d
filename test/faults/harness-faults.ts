/**
 * What an application sees of every fault of the harness: how long a command takes on an open connection and on a new
 * one, before, during and after the fault, and the first error. Then whether anything is left of the deployment.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { eventually, messageOf, withDeployment, type ActiveFault, type Deployment, type DeploymentOptions } from '../../src/harness/index.ts'
import { median } from '../bench/table.ts'
import { AppClient, type AppEndpoint } from './app-client.ts'
import { CASE_GROUPS, type FaultCase } from './fault-cases.ts'

const USAGE = `Measures every fault of the harness from the side of an application, and prints a table for docs/harness.md.

Options:
  --only <text>          only faults whose call contains this text
  --libfaketime <path>   the library for clockJump, where it is not installed`

/** How long each fault is watched, unless its case says otherwise. */
const WATCH_MS = 2_000

/** Time limit of the last command on an open connection. */
const LAST_MS = 500

/** Commands before and after a fault. */
const SAMPLES = 50

/** Time limit for the recovery after a fault. */
const RECOVERY_MS = 30_000

const VALUE = 'x'.repeat(2_000)

/** What the application saw. Times are milliseconds from the begin of the fault, or from its end. */
interface Seen {
  readonly before: number
  readonly open: string
  readonly fresh: string
  readonly recoveredMs: number
  readonly after: number
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    libfaketime: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(`${USAGE}\n`)
  process.exit(0)
}
print(['Fault', 'Before', 'Open connection', 'New connection', 'Works again after', 'Then'])
print(['---', '---', '---', '---', '---', '---'])
let isClean = true
for (const { options, cases } of CASE_GROUPS) {
  const chosen = cases.filter(({ name }) => name.includes(values.only))
  if (chosen.length === 0) continue
  const folder = await withDeployment(withLibrary(options), async (deployment) => {
    for (const one of chosen) {
      try {
        const { before, open, fresh, recoveredMs, after } = await measure(deployment, one)
        print([`\`${one.name}\``, ms(before), open, fresh, ms(recoveredMs), ms(after)])
      } catch (error) {
        isClean &&= isUnavailable(error)
        print([`\`${one.name}\``, messageOf(error), '', '', '', ''])
      }
    }
    return deployment.folder
  })
  const left = leftOf(folder)
  if (left.length === 0) continue
  isClean = false
  process.stdout.write(`left behind: ${left.join(', ')}\n`)
}
process.stdout.write(isClean ? '\nNothing is left: no process, no folder.\n' : '\nFailed.\n')
process.exit(isClean ? 0 : 1)

/** The clock of redis-server needs a library that is not everywhere. */
function withLibrary(options: DeploymentOptions): DeploymentOptions {
  const { libfaketime } = values
  if (options.clockFaults !== true || libfaketime === undefined) return options
  return { ...options, clockFaults: { libfaketime } }
}

function isUnavailable(error: unknown): boolean {
  return /(strace|libfaketime|prlimit).* not installed/.test(messageOf(error))
}

async function measure(deployment: Deployment, one: FaultCase): Promise<Seen> {
  const prepared = await one.prepare?.(deployment)
  const endpoint = endpointOf(deployment, one)
  const command = one.command ?? ['SET', 'app', VALUE]
  const client = await AppClient.open(endpoint, RECOVERY_MS)
  const before = await typical(client, command)
  const from = performance.now()
  const watchMs = one.watchMs ?? WATCH_MS
  const open = watch(client, command, from, watchMs)
  const fault = await one.begin(deployment)
  const fresh = firstAnswer(endpoint, command)
  const [openSeen, freshSeen] = await Promise.all([open, fresh])
  const ended = performance.now()
  await endOf(fault)
  const again = await working(endpoint, command)
  const recoveredMs = performance.now() - ended
  const after = await typical(again, command)
  for (const used of [client, again]) used.close()
  await prepared?.end()
  return { before, open: openSeen, fresh: freshSeen, recoveredMs, after }
}

function endpointOf(deployment: Deployment, { node = 0, host }: FaultCase): AppEndpoint {
  const { tls, resolver } = deployment
  const used = deployment.node(node)
  const { password } = used.login
  const name = host !== undefined && resolver !== undefined && { host, lookup: resolver.lookup }
  return { ...used.address, ...name, ...(password !== undefined && { password }), ...(tls !== undefined && { tls }) }
}

/** The median of some commands, in milliseconds. */
async function typical(client: AppClient, command: readonly string[]): Promise<number> {
  const took: number[] = []
  for (let count = 0; count < SAMPLES; count++) {
    const from = performance.now()
    await client.ask(command, RECOVERY_MS)
    took.push(performance.now() - from)
  }
  return median(took)
}

/** Sends commands on an open connection, from before the fault on, until one fails or the time is over. */
async function watch(
  client: AppClient, command: readonly string[], from: number, watchMs: number,
): Promise<string> {
  const took: number[] = []
  for (;;) {
    const sent = performance.now()
    const leftMs = Math.round(from + watchMs - sent)
    if (leftMs <= 0) break
    try {
      // The last command gets some time as well.
      await client.ask(command, Math.max(leftMs, LAST_MS))
    } catch (error) {
      return isNoAnswer(error)
        ? `no answer from ${ms(sent - from)} on`
        : `${short(error)} after ${ms(performance.now() - from)}`
    }
    took.push(performance.now() - sent)
  }
  return `${ms(median(took))}, at most ${ms(Math.max(...took))}`
}

/** What a new connection sees that is opened when the fault is in effect. */
async function firstAnswer(endpoint: AppEndpoint, command: readonly string[]): Promise<string> {
  const from = performance.now()
  let client: AppClient | undefined
  try {
    client = await AppClient.open(endpoint, WATCH_MS)
    const reply = await client.ask(command, WATCH_MS)
    return `${ms(performance.now() - from)}${reply === '+OK' || reply.startsWith('$') ? '' : ` (${reply})`}`
  } catch (error) {
    return short(error)
  } finally {
    client?.close()
  }
}

/** A new connection on which the command works. */
function working(endpoint: AppEndpoint, command: readonly string[]): Promise<AppClient> {
  return eventually('the command to work again', async () => {
    const client = await AppClient.open(endpoint, RECOVERY_MS)
    try {
      await client.ask(command, RECOVERY_MS)
      return client
    } catch (error) {
      client.close()
      throw error
    }
  }, { timeoutMs: RECOVERY_MS, everyMs: 1 })
}

/** Twice, because the second time must do nothing. */
async function endOf(fault: ActiveFault): Promise<void> {
  await fault.end()
  await fault.end()
}

/** Processes that name the folder of the deployment, and the folder itself. */
function leftOf(folder: string): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').includes(folder)
    } catch {
      return false
    }
  })
  return [...processes.map((pid) => `process ${pid}`), ...existsSync(folder) ? [folder] : []]
}

/** Long texts of Redis are cut after their first words. */
function short(error: unknown): string {
  return isNoAnswer(error) ? 'no answer' : messageOf(error).replace(/^([A-Z]+ (?:[^ ,.]+ ?){1,6})(?=.{20}).*/, '$1…')
}

function isNoAnswer(error: unknown): boolean {
  return messageOf(error).startsWith('no answer')
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`
}

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
