import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ControlledClock } from '../../../src/harness/faults/controlled-clock.ts'
import { Resolver } from '../../../src/harness/resolver.ts'
import { Timeline } from '../../../src/harness/timeline.ts'

const run = promisify(execFile)

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-resolver-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

describe('Resolver', () => {
  it('answers lookups in this process, and the end of a fault brings the answer before it back', async () => {
    const timeline = new Timeline()
    const resolver = new Resolver(folder, timeline)
    const moved = resolver.move('db.example', '10.0.0.1')
    expect(await lookup(resolver, 'db.example')).toBe('10.0.0.1')
    const failing = resolver.fail('db.example', 'EAI_AGAIN')
    expect(await lookup(resolver, 'db.example')).toBe('EAI_AGAIN')
    await failing.end()
    await failing.end()
    expect(await lookup(resolver, 'db.example')).toBe('10.0.0.1')
    await moved.end()
    expect(await lookup(resolver, 'localhost')).toMatch(/^(127\.|::1)/)
    expect(timeline.entries.map(({ source, event }) => `${source} ${event}`)).toEqual([
      'resolver fault: db.example moves to 10.0.0.1', 'resolver fault: lookups of db.example fail with EAI_AGAIN',
      'resolver end of fault: lookups of db.example fail with EAI_AGAIN',
      'resolver end of fault: db.example moves to 10.0.0.1',
    ])
    expect(() => resolver.move('db.example', 'elsewhere')).toThrow('an IP address, not to elsewhere')
  })

  it('answers lookups in another Node program', async () => {
    const resolver = new Resolver(folder, new Timeline())
    resolver.move('db.example', '10.0.0.1')
    resolver.fail('gone.example')
    const script = `
      import dns, { lookup } from 'node:dns'
      import { lookup as ask } from 'node:dns/promises'
      lookup('db.example', { all: true }, (error, all) => { console.log(JSON.stringify(all)) })
      console.log(JSON.stringify(await ask('db.example')))
      console.log(await ask('gone.example').catch(({ code }) => code))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...resolver.environment() },
    })
    expect(stdout.trim().split('\n').sort()).toEqual([
      'ENOTFOUND', '[{"address":"10.0.0.1","family":4}]', '{"address":"10.0.0.1","family":4}',
    ])
  })
})

describe('ControlledClock', () => {
  it('shifts the clocks of a Node program, and names what other programs need', async () => {
    const clock = new ControlledClock(folder, join(folder, 'no-library'))
    clock.set({ wallMs: -3_600_000, monotonicMs: 7_200_000 })
    const script = 'console.log(Date.now(), new Date().getTime(), performance.now(), new Date(0).getTime(), Date().length > 9)'
    const { file, args, env } = clock.wrap({ file: process.execPath, args: ['-e', script] })
    const { stdout } = await run(file, args, { env: { ...process.env, ...env } })
    const [now, made, monotonic, zero, isText] = stdout.trim().split(' ')
    for (const time of [now, made]) expect(Math.abs(Number(time) - Date.now() + 3_600_000)).toBeLessThan(60_000)
    expect(Number(monotonic)).toBeGreaterThan(7_200_000)
    expect([zero, isText]).toEqual(['0', 'true'])
    expect(() => { clock.check('redis-0', false, { wallMs: 1, monotonicMs: 1 }) }).toThrow('only sentinels of ours')
  })
})

function lookup(resolver: Resolver, name: string): Promise<string> {
  return new Promise((resolve) => {
    resolver.lookup(name, {}, (error, address) => { resolve(error?.code ?? (typeof address === 'string' ? address : '')) })
  })
}
