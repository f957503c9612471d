/** `sentinel state-config-file` with real sentinels: docs/decisions/0057-state-config-file.md. */
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  eventually, killMaster, notYet, ourSentinel, withDeployment, Workspace, type Command, type SentinelProgram,
} from '../../src/harness/index.ts'
import { buildWithFaultyDisk } from './support/faulty-build.ts'
import { STEPS } from './support/faulty-fs.ts'
import { asItIs, MAY_MOUNT, mounted, Place, switched } from './support/state-file-place.ts'

let workspace: Workspace
let faulty: Command
beforeAll(async () => {
  workspace = new Workspace('state-file')
  faulty = await buildWithFaultyDisk(workspace.folder)
}, 60_000)
afterAll(() => workspace.remove())

const FAILED = 'ERR Failed to save config file. Check server logs.'

function stateOf(configFile: string): string {
  return `${configFile}.state`
}

/** Runs a sentinel on a read-only mount with the links of a ConfigMap: the file is a link into `..data`, itself one. */
const ON_CONFIG_MAP: SentinelProgram = {
  name: 'ours',
  command: (configFile) => {
    const map = `${configFile}-map`
    const main = join(map, 'sentinel.conf')
    if (!readdirSync(join(map, '..')).includes(basename(map))) {
      mkdirSync(join(map, '..2026_12_01'), { recursive: true })
      writeFileSync(join(map, '..2026_12_01', 'sentinel.conf'), readFileSync(configFile))
      symlinkSync('..2026_12_01', join(map, '..data'))
      symlinkSync('..data/sentinel.conf', main)
    }
    const { file, args } = ourSentinel().command(main)
    const readOnly = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'
    const script = `${readOnly} && exec "$2" "$3" "$4" --sentinel state-config-file ${stateOf(configFile)}`
    return { file: 'unshare', args: ['-m', 'sh', '-c', script, 'sh', map, file, ...args] }
  },
}

describe.runIf(MAY_MOUNT)('sentinels on a read-only ConfigMap with a state file', () => {
  it('form, fail over, restart with their votes, settings and removals, and never write the main file', async () => {
    await withDeployment({ sentinels: [ON_CONFIG_MAP, ON_CONFIG_MAP, ON_CONFIG_MAP] }, async (deployment) => {
      const [sentinel] = deployment.sentinels
      if (sentinel === undefined) throw new Error('no sentinel')
      const { name } = deployment.group
      const main = join(`${sentinel.configFile}-map`, 'sentinel.conf')
      const mainText = readFileSync(main, 'latin1')
      await sentinel.call(['SENTINEL', 'SET', name, 'parallel-syncs', '7', 'failover-timeout', '180000'])
      await sentinel.call(['SENTINEL', 'MONITOR', 'other', '127.0.0.1', '1', '9'])
      const fault = await killMaster(deployment)
      const address = await switched(deployment, fault.node.address)
      const [id, before] = [await sentinel.myId(), await sentinel.master(name)]
      for (const end of ['stop', 'kill'] as const) {
        await sentinel[end]()
        await sentinel.start()
        expect([await sentinel.myId(), await sentinel.masterAddress(name)]).toEqual([id, address])
        const after = await sentinel.master(name)
        for (const field of ['config-epoch', 'quorum', 'num-slaves', 'num-other-sentinels']) {
          expect(after[field]).toBe(before[field])
        }
        expect([after['parallel-syncs'], after['failover-timeout']]).toEqual(['7', '180000'])
      }
      expect(await sentinel.masterAddress('other')).toEqual({ host: '127.0.0.1', port: 1 })
      const leader = /^sentinel leader-epoch \S+ [1-9]/m
      expect(readFileSync(stateOf(sentinel.configFile), 'latin1')).toMatch(leader)

      await sentinel.call(['SENTINEL', 'REMOVE', name])
      await sentinel.kill()
      await sentinel.start()
      expect(await sentinel.masterAddress(name)).toBeUndefined()
      expect(await sentinel.masterAddress('other')).toEqual({ host: '127.0.0.1', port: 1 })
      expect(readFileSync(main, 'latin1')).toBe(mainText)
      const state = readFileSync(stateOf(sentinel.configFile), 'latin1').split('\n')
      expect(state.filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('sentinel '))).toEqual([])
      expect(readdirSync(`${sentinel.configFile}-map`).sort()).toEqual(['..2026_12_01', '..data', 'sentinel.conf'])
    })
  }, 180_000)

  it('keep their state on another file system, also when that is full for a while', async () => {
    const place = await Place.make(workspace)
    const disk = `${place.folder}-disk`
    mkdirSync(disk)
    const args = [place.file, '--sentinel', 'state-config-file', join(disk, 'state.conf')]
    const script = 'mount -t tmpfs -o size=32k tmpfs "$1"'
    const running = await place.start(mounted(script, disk, asItIs()), args)
    const seen = join(`/proc/${running.pid}/root`, disk)
    const main = readFileSync(place.file, 'latin1')
    expect(() => { writeFileSync(join(seen, 'filler'), Buffer.alloc(64 * 1024)) }).toThrow('ENOSPC')
    const old = readFileSync(join(seen, 'state.conf'), 'latin1')
    expect(await place.setQuorum(3)).toBe(FAILED)
    await running.logged('was not able to save the new configuration on disk!!!: No space left on device')
    expect(readFileSync(join(seen, 'state.conf'), 'latin1')).toBe(old)
    rmSync(join(seen, 'filler'))
    await place.quorumArrives(join(seen, 'state.conf'), 3)
    expect(readFileSync(place.file, 'latin1')).toBe(main)
    place.connection.close()
    await running.endBy('SIGTERM')
  })
})

describe('a start with a state file', () => {
  it('creates it for the owner alone, with its own id, and uses it from then on', async () => {
    const place = await Place.make(workspace, ['sentinel state-config-file state.conf'])
    const main = readFileSync(place.file, 'latin1')
    const state = join(place.data, 'state.conf')
    const running = await place.start(asItIs())
    expect(statSync(state).mode & 0o777).toBe(0o600)
    const id = await place.say('SENTINEL', 'MYID')
    expect(readFileSync(state, 'latin1')).toContain(`sentinel myid ${id}\n`)
    expect(await place.say('SENTINEL', 'CONFIG', 'SET', 'loglevel', 'verbose')).toMatch(/^ERR loglevel has been changed, but it is not saved/)
    expect(await place.say('ACL', 'SAVE')).toMatch(/^ERR Users are not saved: sentinel state-config-file is set/)
    expect(await place.say('SENTINEL', 'FLUSHCONFIG')).toBe('OK')
    await running.endBy('SIGTERM')
    const next = await place.start(asItIs())
    expect(await place.say('SENTINEL', 'MYID')).toBe(id)
    expect(readFileSync(place.file, 'latin1')).toBe(main)
    expect(readdirSync(place.folder)).toEqual(['sentinel.conf'])
    place.connection.close()
    await next.endBy('SIGTERM')
  })

  it.each([
    ['the main file by another spelling', (place: Place) => `${place.folder}/../${basename(place.folder)}/sentinel.conf`],
    ['the main file by a symbolic link', (place: Place) => {
      symlinkSync(place.file, join(place.data, 'link'))
      return join(place.data, 'link')
    }],
    ['the main file by a hard link', (place: Place) => {
      linkSync(place.file, join(place.data, 'link'))
      return join(place.data, 'link')
    }],
  ])('is refused where it is %s', async (_what, path) => {
    const place = await Place.make(workspace)
    const refused = place.run(asItIs(), [place.file, '--sentinel', 'state-config-file', path(place)])
    expect(await refused.end()).toEqual({ code: 1, signal: null })
    expect(refused.stdout).toContain('is the configuration file')
    expect(refused.stdout).toContain('Name another file for the state. Exiting...')
    place.connection.close()
  })

  it('is refused with the reason where its folder is missing, and where it has a wrong line', async () => {
    const place = await Place.make(workspace)
    const missing = place.run(asItIs(), [place.file, '--sentinel', 'state-config-file', '/nowhere/state.conf'])
    expect(await missing.end()).toEqual({ code: 1, signal: null })
    expect(missing.stdout).toContain('The sentinel state-config-file /nowhere/state.conf cannot be used: its folder /nowhere does not exist.')
    const state = join(place.data, 'state.conf')
    writeFileSync(state, 'port 1\n')
    const wrong = place.run(asItIs(), [place.file, '--sentinel', 'state-config-file', state])
    expect(await wrong.end()).toEqual({ code: 1, signal: null })
    expect(wrong.stderr).toContain(`Reading the state config file '${state}', at line 1\n>>> 'port 1'\nOnly sentinel lines are allowed`)
    place.connection.close()
  })
})

describe('a crash while the state file is written', () => {
  it.each(STEPS.map((step, at) => [at + 1, step] as const))('leaves the whole old file or the whole new one, step %i: %s', async (_number, step) => {
    const place = await Place.make(workspace, ['sentinel state-config-file state.conf'])
    const state = join(place.data, 'state.conf')
    writeFileSync(state, '# mine\n', { mode: 0o666 })
    const crashing = await place.start(faulty)
    writeFileSync(place.orders, `crash ${step}\n${state}`)
    const reply = await place.setQuorum(3)
    // The mode is a step only where it differs from that of a new file.
    if (step === 'mode set' && reply === 'OK') await crashing.endBy('SIGKILL')
    else expect(await crashing.end()).toEqual({ code: null, signal: 'SIGKILL' })
    rmSync(place.orders)
    const next = await place.start(asItIs())
    const isNew = step === 'renamed' || step === 'directory synced' || reply === 'OK'
    expect(await place.quorum()).toBe(isNew ? '3' : '2')
    expect(await place.setQuorum(5)).toBe('OK')
    await place.quorumArrives(state, 5)
    expect(readdirSync(place.data).filter((name) => !name.endsWith('.json'))).toEqual(['state.conf'])
    place.connection.close()
    await next.endBy('SIGTERM')
  })

  it('never forgets what was answered: SIGKILL after each of 6 changes', async () => {
    const place = await Place.make(workspace, ['sentinel state-config-file state.conf'])
    for (let quorum = 3; quorum < 9; quorum += 1) {
      const running = await place.start(asItIs())
      expect(await place.setQuorum(quorum)).toBe('OK')
      await running.endBy('SIGKILL')
      const next = await place.start(asItIs())
      await eventually('the change after the restart', async () => {
        if (await place.quorum() !== String(quorum)) throw notYet(String(await place.quorum()))
      })
      await next.endBy('SIGKILL')
    }
    place.connection.close()
  }, 60_000)
})
