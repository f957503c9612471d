import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { CommandConnection, eventually, notYet } from '../../src/harness/index.ts'

const PROGRAM = join(import.meta.dirname, '../../dist/cli/quickstart/main.js')

// A new user's first impression: it must work, be readable, and leave nothing behind.
describe('the quickstart', () => {
  it('narrates a failover from the kill to the return of the old master, and cleans up', async () => {
    expect(existsSync(PROGRAM), 'run `npm run build` first').toBe(true)
    const { code, output } = await run(PROGRAM)
    expect(code, output).toBe(0)
    const steps = [
      'Starting 1 master, 2 replicas and 3 sentinels',
      'kill redis-0',
      '+sdown', '+odown', '+elected-leader', '+promoted-slave', '+switch-master',
      'is back as a replica of the new master',
      'Everything was stopped and removed.',
    ]
    // Each step follows the one before.
    let at = 0
    for (const step of steps) {
      const next = output.indexOf(step, at)
      expect(next, `${step} after position ${at} in:\n${output}`).toBeGreaterThanOrEqual(at)
      at = next
    }
    expect(output).toContain('first write on the new master')
    expect(output).not.toContain('\u001b[')
    const folder = /data are in (\S+)/.exec(output)?.[1] ?? ''
    expect(folder).not.toBe('')
    expect(existsSync(folder)).toBe(false)
  }, 120_000)

  it('leaves everything running with --keep, a proxy included, and each command that it prints for looking and breaking works', async () => {
    const { code, output } = await run(PROGRAM, '--keep', '--proxy')
    expect(code, output).toBe(0)
    const stop = commandsBelow(output, 'Stop everything and remove all files:')[0] ?? 'false'
    const port = Number(/redis-cli -p (\d+) SENTINEL GET-MASTER-ADDR-BY-NAME mymaster/.exec(output)?.[1])
    const sentinel = new CommandConnection({ host: '127.0.0.1', port })
    try {
      expect(await sentinel.call(['SENTINEL', 'CKQUORUM', 'mymaster'])).toMatch(/^OK 3 usable/)
      await showsDashboards(output)
      showsState(output)
      showsProxy(output)
      await killsThenMaster(output, sentinel)
      await startsAgain(output, sentinel)
    } finally {
      sentinel.close()
      execFileSync('sh', ['-c', stop])
    }
    expect(existsSync(/rm -rf (\S+)/.exec(stop)?.[1] ?? '/')).toBe(false)
    await refusesConnections(Number(/proxy +127\.0\.0\.1:(\d+) /.exec(output)?.[1]))
    for (const one of /for port in ([\d ]+);/.exec(stop)?.[1]?.split(' ') ?? ['none']) await refusesConnections(Number(one))
  }, 180_000)

  it('starts nothing more after Ctrl-C, reports it, and leaves no folder and no process', async () => {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (bytes: Buffer) => { output += bytes.toString() })
    const closed = once(child, 'close')
    await eventually('the kill of the master', () => {
      if (!output.includes('kill redis-0')) throw notYet(output)
    }, { timeoutMs: 60_000 })
    // As npm does: it gets the signal from the terminal, and passes it on.
    child.kill('SIGINT')
    child.kill('SIGINT')
    expect(await closed).toEqual([130, null])
    const rest = output.slice(output.indexOf('SIGINT: stopping everything'))
    expect(rest.trimEnd().split('\n')).toEqual(['SIGINT: stopping everything …', 'Everything was stopped and removed.'])
    const folder = /data are in (\S+)/.exec(output)?.[1] ?? '/'
    expect(existsSync(folder)).toBe(false)
  }, 120_000)

  it('reports an option that does not exist', async () => {
    const { code, output } = await run(PROGRAM, '--nonsense')
    expect(code).toBe(2)
    expect(output).toContain('--nonsense')
    expect(output).toContain('--keep')
  })
})

/** The commands that are printed below a title. */
function commandsBelow(output: string, title: string): readonly string[] {
  const [, after = ''] = output.split(`${title}\n`)
  const lines = after.split('\n')
  const indent = /^ */.exec(lines[0] ?? '')?.[0] ?? ''
  const end = lines.findIndex((line) => /^ */.exec(line)?.[0] !== indent || line === '')
  return lines.slice(0, end === -1 ? undefined : end).map((line) => line.trim())
}

function shell(command: string | undefined): string {
  return execFileSync('sh', ['-c', command ?? 'false'], { encoding: 'utf8' })
}

async function showsDashboards(output: string): Promise<void> {
  const urls = commandsBelow(output, 'dashboard, one of each sentinel')
  expect(urls).toHaveLength(3)
  for (const url of urls) {
    const page = await fetch(url)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<html')
  }
}

function showsState(output: string): void {
  const [status] = commandsBelow(output, 'state of all masters, replicas and sentinels')
  expect(shell(status)).toContain('mymaster')
  expect(shell(commandsBelow(output, 'what would happen if the master died now, and why')[0])).toContain('mymaster')
  expect(shell(commandsBelow(output, 'the failover that you have just seen')[0])).toContain('mymaster')
}

function showsProxy(output: string): void {
  expect(shell(commandsBelow(output, 'the master, whichever it is, through the proxy')[0])).toMatch(/^master\n/)
  expect(shell(commandsBelow(output, 'state of the proxy')[0])).toContain('Proxy of mymaster')
}

async function masterOf(sentinel: CommandConnection): Promise<string> {
  return String(await sentinel.call(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster']))
}

/** Orders a failover as printed; when it is over, the printed kill must hit the new master and no replica. */
async function killsThenMaster(output: string, sentinel: CommandConnection): Promise<void> {
  const before = await masterOf(sentinel)
  shell(commandsBelow(output, 'order a failover')[0])
  await eventually('another master', async () => {
    const now = await masterOf(sentinel)
    if (now === before) throw notYet(now)
  }, { timeoutMs: 30_000 })
  const [, port] = (await masterOf(sentinel)).split(',')
  shell(commandsBelow(output, 'kill the current master')[0])
  await refusesConnections(Number(port))
}

/** The killed server and a killed sentinel come back by the printed commands. */
async function startsAgain(output: string, sentinel: CommandConnection): Promise<void> {
  shell(commandsBelow(output, 'kill a sentinel; with two of three killed, no failover is possible')[0])
  shell(commandsBelow(output, 'start killed servers again (those that run refuse it)')[0])
  shell(commandsBelow(output, 'start it again')[0])
  await eventually('two replicas and three sentinels', async () => {
    const replicas = JSON.stringify(await sentinel.call(['SENTINEL', 'REPLICAS', 'mymaster']))
    const quorum = String(await sentinel.call(['SENTINEL', 'CKQUORUM', 'mymaster']))
    const up = replicas.match(/"flags","slave"/g)?.length
    if (up !== 2 || !quorum.startsWith('OK 3 usable')) throw notYet(`${up} replicas are up; ${quorum}`)
  }, { timeoutMs: 60_000 })
}

async function refusesConnections(port: number): Promise<void> {
  const closed = new CommandConnection({ host: '127.0.0.1', port })
  try {
    await expect(closed.call(['PING'], 2_000)).rejects.toThrow()
  } finally {
    closed.close()
  }
}

function run(program: string, ...args: string[]): Promise<{ readonly code: number | null, readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 100_000 })
    let output = ''
    const take = (bytes: Buffer): void => { output += bytes.toString() }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', reject)
    child.once('close', (code) => { resolve({ code, output }) })
  })
}
