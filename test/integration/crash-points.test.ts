/** A crash or a full disk at any step of the config write: behaviour.md 16.1.19; config.md 6.6, 6.7. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CommandConnection, eventually, notYet, ourSentinel, pairs, Workspace, type Command,
} from '../../src/harness/index.ts'
import { Program } from './process-program.ts'
import { buildWithFaultyDisk } from './support/faulty-build.ts'
import { ORDERS, STEPS } from './support/faulty-fs.ts'

let workspace: Workspace
let faulty: Command
beforeAll(async () => {
  workspace = new Workspace('crash-points')
  faulty = await buildWithFaultyDisk(workspace.folder)
})
afterAll(() => workspace.remove())

let places = 0

/** A folder with nothing but the file of a sentinel, and where its orders will be. */
class Place {
  readonly folder = join(workspace.folder, `place-${places += 1}`)
  readonly file = join(this.folder, 'sentinel.conf')
  readonly orders = `${this.folder}-orders`
  readonly port: number
  readonly connection: CommandConnection

  private constructor(port: number, nobody: number) {
    this.port = port
    this.connection = new CommandConnection({ host: '127.0.0.1', port })
    mkdirSync(this.folder)
    writeFileSync(this.file, `# mine\nport ${port}\nsentinel monitor mymaster 127.0.0.1 ${nobody} 2\n`)
    // More than the umask lets a new file have: the mode is a step of the save.
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

  setQuorum(quorum: number): Promise<string> {
    return this.connection.call(['SENTINEL', 'SET', 'mymaster', 'quorum', String(quorum)])
      .then(String, (error: Error) => error.message)
  }

  async quorum(): Promise<string | undefined> {
    return pairs(await this.connection.call(['SENTINEL', 'MASTER', 'mymaster']))['quorum']
  }

  text(): string {
    return readFileSync(this.file, 'latin1')
  }

  /** The change reaches the file without anybody asking for it again. */
  async changeArrives(quorum: number): Promise<void> {
    await eventually('the change in the file', () => {
      if (!new RegExp(`^sentinel monitor mymaster \\S+ \\d+ ${quorum}$`, 'm').test(this.text())) throw notYet(this.text())
    }, { timeoutMs: 15_000 })
  }
}

/** The program as it is, without its file. */
function asItIs(): Command {
  const { file, args } = ourSentinel().command('')
  return { file, args: args.slice(0, -1) }
}

describe('a crash while the configuration file is written', () => {
  it.each(STEPS.map((step, at) => [at + 1, step] as const))('leaves the whole old file or the whole new one, step %i: %s', async (_number, step) => {
    const place = await Place.make()
    const crashing = await place.start(faulty)
    const old = place.text()
    writeFileSync(place.orders, `crash ${step}`)
    // Its answer never comes: the change is told after it is durable, and the process is gone before that.
    expect(await place.setQuorum(3)).not.toBe('OK')
    expect(await crashing.end()).toEqual({ code: null, signal: 'SIGKILL' })
    const isNew = step === 'renamed' || step === 'directory synced'
    if (isNew) expect(place.text().trimEnd()).toBe(old.replace(/ 2$/m, ' 3').trimEnd())
    else expect(place.text()).toBe(old)

    const next = await place.start(asItIs())
    expect(await place.quorum()).toBe(isNew ? '3' : '2')
    expect(await place.setQuorum(5)).toBe('OK')
    expect(readdirSync(place.folder)).toEqual(['sentinel.conf'])
    place.connection.close()
    await next.endBy('SIGTERM')
  })
})

const FAILED = 'ERR Failed to save config file. Check server logs.'
const WARNING = 'WARNING: Sentinel was not able to save the new configuration on disk!!!'

describe('a save that fails', () => {
  it.each([
    ['write', 'ENOSPC', 'Failed after writing (0) bytes to tmp config file', 'No space left on device'],
    ['create', 'EACCES', 'Could not create tmp config file', 'Permission denied'],
    ['create', 'EROFS', 'Could not create tmp config file', 'Read-only file system'],
    ['write', 'EDQUOT', 'Failed after writing (0) bytes to tmp config file', 'Disk quota exceeded'],
  ])('is logged, does not stop the sentinel, and is repeated: %s with %s', async (step, code, line, strerror) => {
    const place = await Place.make()
    const running = await place.start(faulty)
    const old = place.text()
    writeFileSync(place.orders, `fail ${step} ${code}`)
    expect(await place.setQuorum(3)).toBe(FAILED)
    expect(await place.quorum()).toBe('3')
    await running.logged(`${line} (${strerror})`)
    await running.logged(`${WARNING}: ${strerror}`)
    expect(place.text()).toBe(old)
    expect(readdirSync(place.folder)).toEqual(['sentinel.conf'])
    rmSync(place.orders)
    await place.changeArrives(3)
    expect(await place.setQuorum(4)).toBe('OK')
    place.connection.close()
    await running.endBy('SIGTERM')
  })

  // A file system of its own, which nobody else sees and which is gone with the process; not everybody may make one.
  it.runIf(spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0)('is logged, does not stop the sentinel, and is repeated when a full disk has space again', async () => {
    const place = await Place.make()
    const [disk, { file, args }] = [`${place.folder}-disk`, asItIs()]
    mkdirSync(disk)
    const script = 'mount -t tmpfs -o size=32k tmpfs "$1" && cp "$2" "$1" && shift 2 && exec "$@"'
    const running = new Program('ours', workspace, {
      cwd: workspace.folder,
      program: { file: 'unshare', args: ['-m', 'sh', '-c', script, 'sh', disk, place.file, file, ...args] },
      args: [join(disk, 'sentinel.conf')],
    })
    await running.logged('+monitor')
    const seen = join(`/proc/${running.pid}/root`, disk)
    expect(() => { writeFileSync(join(seen, 'filler'), Buffer.alloc(64 * 1024)) }).toThrow('ENOSPC')
    const old = readFileSync(join(seen, 'sentinel.conf'), 'latin1')
    expect(await place.setQuorum(3)).toBe(FAILED)
    await running.logged(`${WARNING}: No space left on device`)
    expect(await place.connection.call(['PING'])).toBe('PONG')
    expect(readFileSync(join(seen, 'sentinel.conf'), 'latin1')).toBe(old)
    rmSync(join(seen, 'filler'))
    await eventually('the change in the file', () => {
      const text = readFileSync(join(seen, 'sentinel.conf'), 'latin1')
      if (!/^sentinel monitor mymaster \S+ \d+ 3$/m.test(text)) throw notYet(text)
    }, { timeoutMs: 15_000 })
    expect(readdirSync(seen)).toEqual(['sentinel.conf'])
    place.connection.close()
    await running.endBy('SIGTERM')
  })
})
