/** Start and stop of the process beside the genuine one: config.md 1, protocol.md 6.2 and 7. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Workspace } from '../../src/harness/index.ts'
import { commandOf, OWN_VERSION_LINE, Program } from './process-program.ts'

let workspace: Workspace
let runs = 0
beforeAll(() => { workspace = new Workspace('process-test') })
afterAll(async () => { await workspace.remove() })

/** A folder of its own for each run, with a config file in it. */
function folderWith(config: string | undefined): string {
  const folder = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(folder)
  if (config !== undefined) writeFileSync(join(folder, 'sentinel.conf'), config)
  return folder
}

function start(kind: 'ours' | 'genuine', cwd: string, args: readonly string[] = ['sentinel.conf'], stdin?: string) {
  return new Program(kind, workspace, { cwd, args, ...(stdin === undefined ? {} : { stdin }) })
}

/** What both programs do with the same files; each gets its own copy. */
async function bothEnd(config: string | undefined, args: readonly string[], stdin?: string) {
  const [ours, genuine] = await Promise.all((['ours', 'genuine'] as const).map(async (kind) => {
    const folder = folderWith(config)
    const program = start(kind, folder, args, stdin)
    const { code } = await program.end()
    const hide = (text: string) => text.replaceAll(folder, '<folder>')
    return { code, messages: program.messages().map(hide), stderr: hide(program.stderr) }
  }))
  return { ours, genuine }
}

describe('start', () => {
  it('logs the same lines as the genuine program and one with our version, with a new id and with a known one', async () => {
    const port = await workspace.claimPort()
    const transcripts: Record<string, string[][]> = {}
    for (const kind of ['ours', 'genuine'] as const) {
      const folder = folderWith(`port ${port}\nsentinel monitor mymaster 127.0.0.1 ${await workspace.claimPort()} 2\n`)
      transcripts[kind] = []
      for (let round = 0; round < 2; round += 1) {
        const program = start(kind, folder)
        await program.logged('+monitor')
        expect(program.stdout.split('\n').filter((line) => OWN_VERSION_LINE.test(line))).toHaveLength(kind === 'ours' ? 1 : 0)
        await program.endBy('SIGTERM')
        expect(program.stderr).toBe('')
        transcripts[kind].push(program.messages().map((line) => line.replace(/127\.0\.0\.1 \d+/, 'ADDRESS')))
      }
    }
    expect(transcripts['ours']).toEqual(transcripts['genuine'])
    expect(transcripts['ours']?.[0]).toContain('Sentinel new configuration saved on disk')
    expect(transcripts['ours']?.[1]).not.toContain('Sentinel new configuration saved on disk')
  })

  it('keeps the id that was made at the first start', async () => {
    const folder = folderWith(`port ${await workspace.claimPort()}\n`)
    const ids = new Set<string>()
    for (let round = 0; round < 2; round += 1) {
      const program = start('ours', folder)
      await program.logged('Sentinel ID is')
      await program.endBy('SIGTERM')
      ids.add(/Sentinel ID is ([0-9a-f]{40})/.exec(program.stdout)?.[1] ?? '')
    }
    expect(ids.size).toBe(1)
    expect(readFileSync(join(folder, 'sentinel.conf'), 'utf8')).toContain(`sentinel myid ${[...ids].join()}`)
  })
})

describe('a start that fails', () => {
  it.each([
    ['no file', undefined, []],
    ['a file that does not exist', undefined, ['none.conf']],
    ['a file that cannot be written', undefined, ['none*.conf', '--port', '0']],
    ['nothing to listen on', 'port 0\n', ['sentinel.conf']],
    ['a bad directive', 'port 0\n\n# comment\nfoobar 1\n', ['sentinel.conf']],
    ['a bad sentinel line', 'port 0\nsentinel monitor m 127.0.0.1 6379 0\n', ['sentinel.conf']],
    ['a bad option', 'port 0\n', ['sentinel.conf', '--foo', 'bar']],
    ['a log file that cannot be opened', 'logfile /nonexistent/x.log\n', ['sentinel.conf']],
  ])('has the messages and the status of the genuine program: %s', async (_what, config, args) => {
    const { ours, genuine } = await bothEnd(config, args)
    expect(ours).toEqual(genuine)
    expect(ours?.code).toBe(1)
  })

  it('has the messages and the status of the genuine program for a bad line on standard input', async () => {
    const { ours, genuine } = await bothEnd('port 0\n', ['sentinel.conf', '-'], 'timeout 5\nfoo 1\n')
    expect(ours).toEqual(genuine)
    expect(ours?.stderr).toContain(">>> 'foo 1'")
  })

  it('has the messages and the status of the genuine program for a port in use', async () => {
    const port = await workspace.claimPort()
    const first = start('ours', folderWith(`port ${port}\n`))
    await first.logged('Sentinel ID is')
    const { ours, genuine } = await bothEnd(`port ${port}\npidfile x.pid\n`, ['sentinel.conf'])
    expect(ours).toEqual(genuine)
    expect(ours?.messages.at(-1)).toBe(`Failed listening on port ${port} (tcp), aborting.`)
    await first.endBy('SIGTERM')
  })
})

describe('an option of the command line', () => {
  it.each([['-v'], ['--version']])('%s prints a line in the shape of the genuine one, and one with our version', async (option) => {
    const program = start('ours', folderWith(undefined), [option])
    expect(await program.end()).toEqual({ code: 0, signal: null })
    expect(program.stdout)
      .toMatch(/^Redis server v=\d+\.\d+\.\d+ sha=[0-9a-f]{8}:[01] malloc=\S+ bits=64 build=[0-9a-f]+\nts-sentinel v=[\d.]+ node=v.+\n$/)
  })

  it.each([['-h'], ['--help']])('%s prints what the genuine program prints when it is called by its name', async (option) => {
    const folder = folderWith(undefined)
    const link = join(folder, 'redis-sentinel')
    symlinkSync(commandOf('ours').args[0] ?? '', link)
    const { file } = commandOf('ours')
    const program = new Program('ours', workspace, { cwd: folder, args: [option], program: { file, args: [link] } })
    const { code } = await program.end()
    const genuine = start('genuine', folder, [option])
    expect({ code, stdout: program.stdout, stderr: program.stderr })
      .toEqual({ code: (await genuine.end()).code, stdout: genuine.stdout, stderr: genuine.stderr })
  })
})

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends the program within a second with 0 and removes the pid file', async (signal) => {
    const folder = folderWith(`port ${await workspace.claimPort()}\npidfile x.pid\n`)
    const program = start('ours', folder)
    await program.logged('Sentinel ID is')
    expect(readFileSync(join(folder, 'x.pid'), 'utf8')).toBe(`${program.pid}\n`)
    const exit = await program.endBy(signal)
    expect(exit).toMatchObject({ code: 0, signal: null })
    expect(exit.ms).toBeLessThan(1000)
    expect(existsSync(join(folder, 'x.pid'))).toBe(false)
    expect(program.messages().slice(-4)).toEqual([
      `signal-handler: Received ${signal} scheduling shutdown...`,
      'User requested shutdown...',
      'Removing the pid file.',
      'Sentinel is now ready to exit, bye bye...',
    ])
  })

  it('SIGTERM ends the program cleanly during its start', async () => {
    const folder = folderWith(`port ${await workspace.claimPort()}\npidfile x.pid\n`)
    const program = start('ours', folder)
    await program.logged('oO0OoO0OoO0Oo')
    expect(await program.endBy('SIGTERM')).toMatchObject({ code: 0, signal: null })
    expect(program.messages().at(-1)).toBe('Sentinel is now ready to exit, bye bye...')
    expect(existsSync(join(folder, 'x.pid'))).toBe(false)
  })

  it('SIGHUP changes nothing, and SIGUSR1 kills the program and opens no debugger', async () => {
    const program = start('ours', folderWith(`port ${await workspace.claimPort()}\n`))
    await program.logged('Sentinel ID is')
    program.child.kill('SIGHUP')
    expect(await program.endBy('SIGUSR1')).toMatchObject({ code: null, signal: 'SIGUSR1' })
    expect(program.stderr).toBe('')
  })
})
