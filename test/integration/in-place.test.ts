/** A configuration file that cannot be replaced: docs/decisions/0057-state-config-file.md. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Workspace, type Command } from '../../src/harness/index.ts'
import { buildWithFaultyDisk } from './support/faulty-build.ts'
import { IN_PLACE_STEPS, MOUNTED, STEPS } from './support/faulty-fs.ts'
import { asItIs, MAY_MOUNT, mounted, Place } from './support/state-file-place.ts'

let workspace: Workspace
let faulty: Command
beforeAll(async () => {
  workspace = new Workspace('in-place')
  faulty = await buildWithFaultyDisk(workspace.folder)
}, 60_000)
afterAll(() => workspace.remove())

const FAILED = 'ERR Failed to save config file. Check server logs.'

describe.runIf(MAY_MOUNT)('a single file that is mounted into a container', () => {
  const ONTO_ITSELF = 'mount --bind "$1" "$1"'

  it('is written in place, the log has the risk once, and a restart keeps what was set', async () => {
    const place = await Place.make(workspace)
    const program = mounted(ONTO_ITSELF, place.file, asItIs())
    const { ino } = statSync(place.file)
    const running = await place.start(program)
    expect(await place.setQuorum(3)).toBe('OK')
    expect(await place.say('SENTINEL', 'FLUSHCONFIG')).toBe('OK')
    expect(running.stdout.split(`${place.file} cannot be replaced (Could not rename tmp config file (Device or resource busy))`)).toHaveLength(2)
    expect(running.stdout).toContain('mount its folder instead, or set sentinel state-config-file')
    expect(running.stdout).not.toContain('was not able to save')
    expect(statSync(place.file).ino).toBe(ino)
    await running.endBy('SIGKILL')
    const next = await place.start(program)
    expect(await place.quorum()).toBe('3')
    expect(readFileSync(place.file, 'latin1')).toMatch(/^# mine\n/)
    expect(readdirSync(place.folder)).toEqual(['sentinel.conf'])
    place.connection.close()
    await next.endBy('SIGTERM')
  })

  it('in a read-only folder has its backup in dir, and is repaired from there', async () => {
    const place = await Place.make(workspace)
    writeFileSync(place.file, `dir ${place.data}\n${readFileSync(place.file, 'latin1')}`)
    const outside = join(workspace.folder, 'mounted.conf')
    writeFileSync(outside, readFileSync(place.file))
    const script = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && mount --bind ${outside} "$1/sentinel.conf"`
    const running = await place.start(mounted(script, place.folder, faulty))
    expect(await place.setQuorum(3)).toBe('OK')
    expect(running.stdout).toContain(`(Could not create tmp config file (Read-only file system)) and is written in place, with a backup in ${place.data}/`)
    writeFileSync(place.orders, `crash half overwritten\n${place.file}`)
    expect(await place.setQuorum(4)).not.toBe('OK')
    expect(await running.end()).toMatchObject({ signal: 'SIGKILL' })
    expect(readdirSync(place.data)).toContainEqual(expect.stringMatching(/^sentinel\.conf\.[0-9a-f]{8}\.ts-sentinel-backup$/))
    const next = await place.start(mounted(script, place.folder, asItIs()))
    expect(await place.quorum()).toBe('4')
    expect(readdirSync(place.data).filter((name) => name.includes('backup'))).toEqual([])
    expect(readFileSync(outside, 'latin1')).toContain('\n# mine\n')
    place.connection.close()
    await next.endBy('SIGTERM')
  })

  it('on a full disk keeps its text, and gets the change when there is space again', async () => {
    const place = await Place.make(workspace)
    const disk = `${place.folder}-disk`
    mkdirSync(disk)
    const script = `mount -t tmpfs -o size=32k tmpfs "$1" && cp ${place.file} "$1" && mount --bind "$1/sentinel.conf" ${place.file} && mount --bind "$1" ${place.data}`
    // The folder of the file takes no backup either.
    const readOnly = `mount --bind ${place.folder} ${place.folder} && mount -o remount,bind,ro ${place.folder}`
    const running = await place.start(mounted(`${readOnly} && ${script}`, disk, asItIs()))
    const seen = join(`/proc/${running.pid}/root`, disk)
    expect(() => { writeFileSync(join(seen, 'filler'), Buffer.alloc(64 * 1024)) }).toThrow('ENOSPC')
    const old = readFileSync(join(seen, 'sentinel.conf'), 'latin1')
    expect(await place.setQuorum(3)).toBe(FAILED)
    expect(readFileSync(join(seen, 'sentinel.conf'), 'latin1')).toBe(old)
    rmSync(join(seen, 'filler'))
    await place.quorumArrives(join(seen, 'sentinel.conf'), 3)
    place.connection.close()
    await running.endBy('SIGTERM')
  })
})

describe('a crash while the file is written in place', () => {
  /** The backup has the new text from its renaming on, and then the new text counts. */
  const BACKUP_STEPS = STEPS.filter((step) => step !== 'mode set')
  const cases = [
    ...BACKUP_STEPS.map((step) => ({ step, file: 'ts-sentinel-backup', isNew: step === 'renamed' || step === 'directory synced' })),
    ...IN_PLACE_STEPS.map((step) => ({ step, file: 'sentinel.conf', isNew: step !== 'opened' })),
  ]

  it.each(cases.map((one, at) => ({ ...one, number: at + 1 })))('leaves the old text or the new one for the next start, step $number: $step of $file', async ({ step, file, isNew }) => {
    const place = await Place.make(workspace)
    const env = { [MOUNTED]: place.file }
    const crashing = await place.start(faulty, [place.file], env)
    writeFileSync(place.orders, `crash ${step}\n${file}`)
    expect(await place.setQuorum(3)).not.toBe('OK')
    expect(await crashing.end()).toEqual({ code: null, signal: 'SIGKILL' })
    rmSync(place.orders)

    const next = await place.start(faulty, [place.file], env)
    expect(await place.quorum()).toBe(isNew ? '3' : '2')
    expect(next.stdout.includes('was interrupted')).toBe(isNew && !['flushed', 'overwritten', 'backup removed'].includes(step))
    expect(await place.setQuorum(5)).toBe('OK')
    expect(readFileSync(place.file, 'latin1')).toMatch(/^# mine\n/)
    await place.quorumArrives(place.file, 5)
    expect(readdirSync(place.folder).filter((name) => !name.endsWith('.json'))).toEqual(['sentinel.conf'])
    place.connection.close()
    await next.endBy('SIGTERM')
  })
})
