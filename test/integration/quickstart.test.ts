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

  it('leaves everything running with --keep, and prints commands that kill the current master and stop everything', async () => {
    const { code, output } = await run(PROGRAM, '--keep')
    expect(code, output).toBe(0)
    const stop = /kill -9 [\d ]+; rm -rf \S+/.exec(output)?.[0]
    expect(stop, output).toBeDefined()
    const port = Number(/redis-cli -p (\d+) SENTINEL GET-MASTER-ADDR-BY-NAME mymaster/.exec(output)?.[1])
    const sentinel = new CommandConnection({ host: '127.0.0.1', port })
    try {
      expect(await sentinel.call(['SENTINEL', 'CKQUORUM', 'mymaster'])).toMatch(/^OK 3 usable/)
      await killsThenMaster(output, sentinel)
    } finally {
      sentinel.close()
      execFileSync('sh', ['-c', stop ?? 'false'])
    }
    expect(existsSync(/rm -rf (\S+)/.exec(stop ?? '')?.[1] ?? '/')).toBe(false)
  }, 120_000)

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

/** Orders a failover as printed; when it is over, the printed kill must hit the new master and no replica. */
async function killsThenMaster(output: string, sentinel: CommandConnection): Promise<void> {
  const commandBelow = (title: string): string => new RegExp(`${title}\\n\\s+(.*)`).exec(output)?.[1] ?? 'false'
  const master = async (): Promise<string> => String(await sentinel.call(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster']))
  const before = await master()
  execFileSync('sh', ['-c', commandBelow('order a failover')])
  await eventually('another master', async () => {
    const now = await master()
    if (now === before) throw notYet(now)
  }, { timeoutMs: 30_000 })
  const [host = '', port] = (await master()).split(',')
  execFileSync('sh', ['-c', commandBelow('kill the current master')])
  const killed = new CommandConnection({ host, port: Number(port) })
  try {
    await expect(killed.call(['PING'], 2_000)).rejects.toThrow()
  } finally {
    killed.close()
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
