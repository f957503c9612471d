/** What systemd and the system log are told, beside the genuine program: config.md 1.7 and 1.8. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, notYet, Workspace } from '../../src/harness/index.ts'
import { OWN_VERSION_LINE, Program } from '../integration/process-program.ts'
import { DatagramReceiver } from '../integration/support/datagram-receiver.ts'

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('supervision') })
afterAll(async () => { await workspace.remove() })

function folderWith(name: string, config: readonly string[]): string {
  const folder = join(workspace.folder, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'sentinel.conf'), [...config, ''].join('\n'))
  return folder
}

describe('NOTIFY_SOCKET', () => {
  it.each([['a path', ''], ['a name without a file', '@']])('receives the messages of the genuine program: %s', async (what, mark) => {
    const told: Record<string, string[]> = {}
    for (const kind of ['ours', 'genuine'] as const) {
      const folder = folderWith(`${kind}${mark === '' ? '-path' : '-abstract'}`, [
        `port ${await workspace.claimPort()}`, 'supervised auto', 'daemonize yes', 'logfile s.log',
      ])
      const socket = `${mark}${join(folder, 'socket')}`
      const receiver = await DatagramReceiver.open(socket, workspace)
      // The helper of ours adds whose message it is, and waits until it was read.
      const words = () => receiver.messages.flatMap((message) => message.split('\\n'))
        .filter((word) => word !== '' && !/^(MAINPID|BARRIER)=/.test(word))
      const program = new Program(kind, workspace, {
        cwd: folder, args: ['sentinel.conf'], env: { NOTIFY_SOCKET: socket },
      })
      await eventually(`readiness through ${what}`, () => {
        if (!words().includes('READY=1')) throw notYet(words().join())
      }, { timeoutMs: 10_000 })
      const exit = await program.endBy('SIGTERM')
      expect(exit).toMatchObject({ code: 0 })
      expect(exit.ms).toBeLessThan(1000)
      await eventually('the news of the stop', () => {
        if (!words().includes('STOPPING=1')) throw notYet(words().join())
      })
      if (kind === 'ours') expect(receiver.messages.join()).toContain(`MAINPID=${program.pid}\\n`)
      told[kind] = words()
      await receiver.close()
      expect(readFileSync(join(folder, 's.log'), 'utf8')).toContain(' * Supervised by systemd. Please make sure you set')
      expect(readFileSync(join(folder, 'sentinel.conf'), 'utf8')).toContain('supervised systemd\n')
    }
    expect(told['ours']).toEqual(told['genuine'])
  })

  it('is not used without the helper, which is logged, and the program starts and stops', async () => {
    const folder = folderWith('no-helper', [`port ${await workspace.claimPort()}`, 'supervised systemd'])
    const program = new Program('ours', workspace, {
      cwd: folder, args: ['sentinel.conf'], env: { NOTIFY_SOCKET: join(folder, 'socket'), PATH: folder },
    })
    await program.logged('Sentinel ID is')
    await program.logged('systemd supervision error: systemd-notify cannot be run')
    const exit = await program.endBy('SIGTERM')
    expect(exit).toMatchObject({ code: 0 })
    expect(exit.ms).toBeLessThan(1000)
  })

  it('does not delay start or stop when the helper hangs', async () => {
    const folder = folderWith('hanging', [`port ${await workspace.claimPort()}`, 'supervised systemd'])
    writeFileSync(join(folder, 'systemd-notify'), '#!/bin/sh\nexec sleep 60\n')
    chmodSync(join(folder, 'systemd-notify'), 0o755)
    const program = new Program('ours', workspace, {
      cwd: folder, args: ['sentinel.conf'],
      env: { NOTIFY_SOCKET: join(folder, 'socket'), PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    })
    await program.logged('Sentinel ID is')
    const exit = await program.endBy('SIGTERM')
    expect(exit).toMatchObject({ code: 0 })
    expect(exit.ms).toBeLessThan(1000)
  })
})

describe('supervised upstart', () => {
  it.each(['ours', 'genuine'] as const)('makes %s stop itself, and continue at SIGCONT', async (kind) => {
    const folder = folderWith(`${kind}-upstart`, [
      `port ${await workspace.claimPort()}`, 'supervised auto', 'daemonize yes', 'pidfile s.pid',
    ])
    const program = new Program(kind, workspace, { cwd: folder, args: ['sentinel.conf'], env: { UPSTART_JOB: 'x' } })
    await eventually('a stopped process', () => {
      const state = /^State:\s+(\w)/m.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))?.[1]
      if (state !== 'T') throw notYet(String(state))
    })
    expect(program.messages()).toEqual(['supervised by upstart, will stop to signal readiness.'])
    expect(existsSync(join(folder, 's.pid'))).toBe(false)
    program.child.kill('SIGCONT')
    await program.logged('Sentinel ID is')
    expect(await program.endBy('SIGTERM')).toMatchObject({ code: 0 })
  })
})

describe('syslog', () => {
  it('receives each line in the form of the genuine program', async () => {
    const folder = folderWith('syslog', [
      `port ${await workspace.claimPort()}`, 'syslog-enabled yes', 'syslog-ident my-sentinel', 'syslog-facility local3',
    ])
    const socket = join(folder, 'socket')
    // The real helper, sent to another socket than the system's.
    writeFileSync(join(folder, 'logger'), `#!/bin/sh\nPATH='${process.env['PATH'] ?? ''}'\nexec logger "$@" --socket='${socket}'\n`)
    chmodSync(join(folder, 'logger'), 0o755)
    const receiver = await DatagramReceiver.open(socket, workspace)
    const program = new Program('ours', workspace, {
      cwd: folder, args: ['sentinel.conf'], env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    })
    await program.logged('Sentinel ID is')
    // A service manager stops all processes of a service, the helper among them.
    expect(await program.endBy('SIGTERM')).toMatchObject({ code: 0 })
    const logged = program.messages().filter((line) => !line.startsWith('signal-handler'))
    await eventually('all lines in the system log', () => {
      if (receiver.messages.length < logged.length) throw notYet(receiver.messages.join('\n'))
    })
    const tag = new RegExp(`^<(\\d+)>\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d my-sentinel\\[${program.pid}\\]: (.*)$`)
    const parsed = receiver.messages.map((message) => tag.exec(message)?.slice(1, 3) ?? [message])
    const hidden = (text = '') => text.replace(/\bpid=\d+/, 'pid=N').replace(/(version=)[\d.]+/, '$1V').replace(/\b[0-9a-f]{40}\b/, 'ID')
    expect(parsed.filter(([, text = '']) => !OWN_VERSION_LINE.test(text)).map(([, text]) => hidden(text))).toEqual(logged)
    const priorities = new Map(parsed.map(([number, text]) => [hidden(text), Number(number)]))
    expect(priorities.get('monotonic clock: POSIX clock_gettime')).toBe(157)
    expect(priorities.get('Sentinel is now ready to exit, bye bye...')).toBe(156)
    await receiver.close()
  })

  it('is reported once as unavailable in the log, and delays nothing', async () => {
    const folder = folderWith('no-syslog', [`port ${await workspace.claimPort()}`, 'syslog-enabled yes'])
    writeFileSync(join(folder, 'logger'), `#!/bin/sh\nPATH='${process.env['PATH'] ?? ''}'\nexec logger "$@" --socket=/nonexistent/log\n`)
    chmodSync(join(folder, 'logger'), 0o755)
    const program = new Program('ours', workspace, {
      cwd: folder, args: ['sentinel.conf'], env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    })
    await program.logged("# Can't write to the system log: logger: socket /nonexistent/log: No such file or directory")
    const exit = await program.endBy('SIGTERM')
    expect(exit).toMatchObject({ code: 0 })
    expect(exit.ms).toBeLessThan(1000)
  })
})
