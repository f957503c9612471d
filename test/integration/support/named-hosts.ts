import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sentinelProgram, type SentinelKind, type SentinelProgram } from '../../../src/harness/index.ts'

/** Runs a command with files of its own at /etc/hosts and /etc/resolv.conf; the machine's own stay as they are. */
const IN_NAMESPACE = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf && shift 2 && exec "$@"'

/** Whether processes may have mounts of their own here: it takes root, and a container that allows it. */
export function canHaveNames(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '--bind', '/etc/hosts', '/etc/hosts'], { stdio: 'ignore' }).status === 0
}

/** Host names that only the processes of one test know, through the system's own resolver. */
export class NamedHosts {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-names-'))
  readonly #addresses = new Map<string, string>()

  constructor(names: Readonly<Record<string, string>>) {
    this.point({ localhost: '127.0.0.1', ...names })
    this.askServer('127.0.0.1')
    writeFileSync(this.redisServer, `#!/bin/sh\nset -- ${this.#words().join(' ')} redis-server "$@"\nexec "$@"\n`)
    chmodSync(this.redisServer, 0o755)
  }

  /** The path of a redis-server that knows the names. */
  get redisServer(): string {
    return join(this.#folder, 'redis-server')
  }

  /** Gives names an address, at once for everybody. */
  point(names: Readonly<Record<string, string>>): void {
    for (const [name, address] of Object.entries(names)) this.#addresses.set(name, address)
    // Written in place: the mounts show this very file.
    const lines = [...this.#addresses].map(([name, address]) => `${address} ${name}\n`)
    writeFileSync(join(this.#folder, 'hosts'), lines.join(''))
  }

  /** Takes all names away: the name server is asked for them from now on. */
  forgetAll(): void {
    this.#addresses.clear()
    this.point({})
  }

  /** Which name server is asked for all other names. */
  askServer(address: string): void {
    writeFileSync(join(this.#folder, 'resolv.conf'), `nameserver ${address}\noptions timeout:5 attempts:3\n`)
  }

  /** The program, with the names. */
  program(kind: SentinelKind): SentinelProgram {
    const plain = sentinelProgram(kind)
    return {
      name: kind,
      command: (configFile) => {
        const { file, args } = plain.command(configFile)
        const [unshare = '', ...words] = this.#words(false)
        return { file: unshare, args: [...words, file, ...args] }
      },
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #words(quoted = true): string[] {
    const script = quoted ? `'${IN_NAMESPACE}'` : IN_NAMESPACE
    return ['unshare', '--mount', 'sh', '-c', script, 'sh', join(this.#folder, 'hosts'), join(this.#folder, 'resolv.conf')]
  }
}
