/** The file beside sentinel.conf that keeps the history of failovers: docs/decisions/0047-state-of-our-own.md. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ownStatePath, readOwnState } from '../../src/own-state/index.ts'
import {
  CommandConnection, eventually, notYet, ourSentinel, pairs, withDeployment, Workspace, type Command, type Reply,
} from '../../src/harness/index.ts'
import { SimRandom } from '../simulator/index.ts'
import { Program } from './process-program.ts'
import { buildWithFaultyDisk } from './support/faulty-build.ts'
import { ORDERS, STEPS } from './support/faulty-fs.ts'

type Fields = Readonly<Record<string, string>>

function historyOf(reply: Reply): Fields[] {
  return Array.isArray(reply) ? reply.map((one) => pairs(one as Reply)) : []
}

describe('after a restart', () => {
  it('SENTINEL HISTORY and EXPLAIN have the failover before it, marked, until the master is removed', async () => {
    await withDeployment({ sentinels: 1, replicas: 1, quorum: 1, downAfterMs: 500 }, async (deployment) => {
      const sentinel = deployment.sentinel(0)
      await deployment.waitUntilFormed()
      const lost = await deployment.currentMaster()
      await lost.kill()
      const before = await eventually('the failover in the history', async () => {
        const past = historyOf(await sentinel.call(['SENTINEL', 'HISTORY']))
        if (past.at(-1)?.['outcome'] !== 'switched') throw notYet(JSON.stringify(past))
        return past
      }, { timeoutMs: 30_000 })
      expect(before.map((one) => one['before-restart'])).toEqual(['no'])
      for (const end of ['stop', 'kill'] as const) {
        // A kill loses what changed in the last second; nothing has changed since then.
        await sentinel[end]()
        await sentinel.start()
        const after = historyOf(await sentinel.call(['SENTINEL', 'HISTORY']))
        expect(after.slice(0, 1)).toEqual([{ ...before[0], 'before-restart': 'yes' }])
      }
      const explained = pairs(await sentinel.call(['SENTINEL', 'EXPLAIN', 'mymaster']))
      expect(explained['last-failover']).toMatch(/^switched from .* led by this sentinel.*Z, before this sentinel started\)$/)
      await sentinel.call(['SENTINEL', 'REMOVE', 'mymaster'])
      await sentinel.stop()
      await sentinel.start()
      expect(await sentinel.call(['SENTINEL', 'HISTORY'])).toEqual([])
    })
  }, 120_000)
})

let workspace: Workspace
let faulty: Command
beforeAll(async () => {
  workspace = new Workspace('own-state')
  faulty = await buildWithFaultyDisk(workspace.folder)
}, 60_000)
afterAll(() => workspace.remove())

let places = 0

/** A sentinel that is alone with a dead master: about every second a failover is aborted, which changes the file. */
class Place {
  readonly folder = join(workspace.folder, `place-${places += 1}`)
  readonly file = join(this.folder, 'sentinel.conf')
  readonly own = ownStatePath(this.file)
  readonly orders = `${this.folder}-orders`
  readonly connection: CommandConnection

  private constructor(port: number, nobody: number) {
    this.connection = new CommandConnection({ host: '127.0.0.1', port })
    mkdirSync(this.folder)
    writeFileSync(this.file, [
      `port ${port}`, `sentinel monitor mymaster 127.0.0.1 ${nobody} 1`, 'sentinel down-after-milliseconds mymaster 100',
      'sentinel failover-timeout mymaster 100', '',
    ].join('\n'))
    // More than the umask lets a new file have: the mode is a step of the write.
    chmodSync(this.file, 0o666)
  }

  static async make(): Promise<Place> {
    return new Place(await workspace.claimPort(), await workspace.claimPort())
  }

  async start(program: Command): Promise<Program> {
    const running = new Program('ours', workspace, {
      cwd: workspace.folder, program, args: [this.file], env: { [ORDERS]: this.orders },
    })
    await running.logged('+monitor')
    return running
  }

  order(what: string): void {
    writeFileSync(this.orders, `${what}\n${this.own}`)
  }

  /** Waits until the file holds this many failovers. */
  async keeps(count: number): Promise<void> {
    await eventually(`${count} failovers in the file`, () => {
      if (this.kept() < count) throw notYet(String(this.kept()))
    }, { timeoutMs: 30_000, everyMs: 20 })
  }

  /** How many failovers it has. @throws Error when it cannot be read */
  kept(): number {
    const reading = readOwnState(this.own)
    if (reading.kind === 'missing') return 0
    if (reading.kind !== 'good') throw new Error(`the file is ${reading.kind}: ${reading.why}`)
    return reading.content.failovers.get('mymaster')?.length ?? 0
  }
}

/** The program as it is, without its file. */
function asItIs(): Command {
  const { file, args } = ourSentinel().command('')
  return { file, args: args.slice(0, -1) }
}

describe('a crash while the file is written', () => {
  it.each(STEPS.map((step, at) => [at + 1, step] as const))('leaves the old file or the new one, step %i: %s', async (_number, step) => {
    const place = await Place.make()
    const crashing = await place.start(faulty)
    await place.keeps(1)
    const old = readFileSync(place.own, 'utf8')
    place.order(`crash ${step}`)
    expect(await crashing.end()).toEqual({ code: null, signal: 'SIGKILL' })
    expect(readFileSync(place.own, 'utf8') === old).toBe(!['renamed', 'directory synced'].includes(step))
    const kept = place.kept()
    expect(kept).toBeGreaterThan(0)
    rmSync(place.orders)
    const next = await place.start(asItIs())
    expect(next.stdout).not.toContain(place.own)
    await place.keeps(kept + 1)
    place.connection.close()
    await next.endBy('SIGTERM')
    expect(readdirSync(place.folder).sort()).toEqual(['sentinel.conf', 'sentinel.conf.ts-sentinel.json'])
  }, 60_000)

  it('at any moment leaves a file that can be read: SIGKILL 6 times', async () => {
    const place = await Place.make()
    const random = new SimRandom(1, 'kill')
    for (let round = 0, kept = 0; round < 6; round += 1) {
      const running = await place.start(asItIs())
      await place.keeps(Math.min(kept + 1, 20))
      await delay(random.below(1500))
      await running.endBy('SIGKILL')
      expect(place.kept()).toBeGreaterThanOrEqual(kept)
      kept = place.kept()
    }
    place.connection.close()
  }, 120_000)
})

describe('a write of the file that fails', () => {
  it.each([
    ['write', 'ENOSPC', 'No space left on device'], ['create', 'EROFS', 'Read-only file system'],
  ])('is logged once, and once when it works again; sentinel.conf is saved all the time: %s with %s', async (step, code, strerror) => {
    const place = await Place.make()
    place.order(`fail ${step} ${code}`)
    const running = await place.start(faulty)
    const failed = `Cannot write ${place.own}: ${strerror}.`
    await running.logged(failed)
    await running.logged('+new-epoch 4')
    expect(running.stdout).not.toContain('was not able to save the new configuration')
    expect(readFileSync(place.file, 'latin1')).toContain('sentinel current-epoch 4')
    expect(existsSync(place.own)).toBe(false)
    rmSync(place.orders)
    await running.logged(`${place.own} is written again.`)
    expect(running.stdout.split(failed)).toHaveLength(2)
    await place.keeps(3)
    place.connection.close()
    await running.endBy('SIGTERM')
  }, 60_000)
})

describe('a file that is damaged', () => {
  it('is set aside at the start, which goes on, and is never overwritten', async () => {
    const place = await Place.make()
    const first = await place.start(asItIs())
    await place.keeps(1)
    await first.endBy('SIGTERM')
    const damaged = readFileSync(place.own, 'utf8').replace('aborted', 'abortee')
    writeFileSync(place.own, damaged)
    const next = await place.start(asItIs())
    await next.logged(`${place.own} is damaged: its checksum does not match`)
    expect(next.stdout.split(place.own)).toHaveLength(3)
    expect(readFileSync(`${place.own}.damaged-1`, 'utf8')).toBe(damaged)
    await place.keeps(1)
    await next.endBy('SIGTERM')
    const again = await place.start(asItIs())
    expect(again.stdout).not.toContain(place.own)
    place.connection.close()
    await again.endBy('SIGTERM')
  }, 60_000)
})
