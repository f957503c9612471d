import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { CommandConnection } from '../../src/harness/index.ts'

const PROGRAM = join(import.meta.dirname, '../../dist/cli/quickstart/main.js')

// A new user's first impression: it must work, be readable, and leave nothing behind.
describe('A1 quickstart', () => {
  it('A1 tells a failover from the kill to the return of the old master, and cleans up', async () => {
    expect(existsSync(PROGRAM), 'run `npm run build` first').toBe(true)
    const { code, output } = await run(PROGRAM)
    expect(code, output).toBe(0)
    const steps = [
      'Starting 1 master, 2 replicas and 3 sentinels',
      'kill redis-0',
      '+sdown', '+odown', '+elected-leader', '+promoted-slave', '+switch-master',
      'is back as a replica of the new master',
      'Everything was stopped and removed again.',
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

  it('A1 with --keep everything stays up until the printed command ends it', async () => {
    const { code, output } = await run(PROGRAM, '--keep')
    expect(code, output).toBe(0)
    const stop = /kill -9 [\d ]+; rm -rf \S+/.exec(output)?.[0]
    expect(stop, output).toBeDefined()
    const port = Number(/redis-cli -p (\d+) SENTINEL GET-MASTER-ADDR-BY-NAME mymaster/.exec(output)?.[1])
    const sentinel = new CommandConnection({ host: '127.0.0.1', port })
    try {
      expect(await sentinel.call(['SENTINEL', 'CKQUORUM', 'mymaster'])).toMatch(/^OK 3 usable/)
    } finally {
      sentinel.close()
      execFileSync('sh', ['-c', stop ?? 'false'])
    }
    expect(existsSync(/rm -rf (\S+)/.exec(stop ?? '')?.[1] ?? '/')).toBe(false)
  }, 120_000)

  it('A1 an option that does not exist is explained', async () => {
    const { code, output } = await run(PROGRAM, '--nonsense')
    expect(code).toBe(2)
    expect(output).toContain('--nonsense')
    expect(output).toContain('--keep')
  })
})

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
