/** What the program does with its arguments: config.md 1.2. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { runCli } from '../../../src/cli/run-cli.ts'
import { findSubcommand, SUBCOMMANDS } from '../../../src/cli/subcommands.ts'
import { PACKAGE_VERSION } from '../../../src/daemon/index.ts'

async function run(program: string, ...args: string[]) {
  const said = { stdout: '', stderr: '' }
  const runs: unknown[] = []
  const status = await runCli(program, args, {
    print: (text) => { said.stdout += text },
    printError: (text) => { said.stderr += text },
    runDaemon: (commandLine) => {
      runs.push(commandLine)
      return Promise.resolve(7)
    },
  })
  return { status, ...said, runs }
}

describe('the command line', () => {
  it.each(['-v', '--version'])('%s prints the line that scripts parse, then our own version', async (option) => {
    const line = 'Redis server v=7\\.\\d+\\.\\d+ sha=[0-9a-f]{8}:[01] malloc=\\S+ bits=64 build=[0-9a-f]+'
    expect(await run('ts-sentinel', option, 'x')).toEqual({
      status: 0, stderr: '', runs: [],
      stdout: expect.stringMatching(new RegExp(`^${line}\nts-sentinel v=${PACKAGE_VERSION} node=${process.version} compatible-with=Redis-7\\.[\\d.]+\n$`)) as string,
    })
  })

  it.each([['-h'], ['--help'], ['help']])('%s names the tools first, with what each does', async (...args) => {
    const { status, stdout, stderr } = await run('/usr/local/bin/ts-sentinel', ...args)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^ts-sentinel \d/)
    const tools = stdout.slice(0, stdout.indexOf('redis-server'))
    for (const tool of SUBCOMMANDS.keys()) expect(tools).toMatch(new RegExp(`^  ${tool} +\\w+`, 'm'))
    expect(stdout).toContain('ts-sentinel status 127.0.0.1:26379 --watch')
  })

  it('help with an unknown tool lists the tools, with the one that is probably meant', async () => {
    const { status, stderr } = await run('ts-sentinel', 'help', 'swichover')
    expect(status).toBe(2)
    expect(stderr).toContain('there is no tool "swichover"; switchover is near\nThe tools are check, status, explain,')
  })

  it.each([['statu', 'status'], ['stauts', 'status'], ['Explain', 'explain'], ['histroy', 'history'], ['hlep', 'help']])(
    'the word %s, which is no file, suggests %s and starts no sentinel', async (word, tool) => {
      expect(await run('ts-sentinel', word, '127.0.0.1:26379')).toEqual({
        status: 1, stdout: '', runs: [], stderr: `ts-sentinel: "${word}" is neither a file nor a tool. Did you mean: ts-sentinel ${tool}?\n`,
      })
    },
  )

  it.each(['sentinel.conf', 'test', 'x', 'redis'])('the word %s is near no tool and is taken as a file', async (word) => {
    expect((await run('ts-sentinel', word)).runs).toMatchObject([{ configPath: word }])
  })

  it.each(['-h', '--help'])('%s under the name of the original prints its usage on standard error, with status 1', async (option) => {
    const { status, stdout, stderr } = await run('/usr/bin/redis-sentinel', option)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^Usage: [^]*Sentinel mode:\n.*--sentinel\n$/)
  })

  it('--test-memory without a size asks for one, and with a size names another program', async () => {
    expect(await run('ts-sentinel', '--test-memory')).toMatchObject({
      status: 1,
      stderr: 'Please specify the amount of memory to test in megabytes.\nExample: ./redis-server --test-memory 4096\n\n',
    })
    expect(await run('ts-sentinel', '--test-memory', '100')).toMatchObject({
      status: 1, stderr: expect.stringContaining('memtester') as string,
    })
  })

  it('--check-system reports no problem', async () => {
    expect(await run('ts-sentinel', '--check-system')).toMatchObject({ status: 0, stderr: '' })
  })

  it('runs the sentinel with everything else, and ends with its status', async () => {
    const { status, runs } = await run('/usr/bin/redis-server', 'x.conf', '--sentinel', '--port', '1')
    expect(status).toBe(7)
    expect(runs).toMatchObject([{ configPath: 'x.conf', sentinelMode: true, optionText: 'sentinel \nport "1" ' }])
  })

  it('treats a word as a file when there is one of this name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-cli-'))
    writeFileSync(join(folder, 'check'), '')
    const { runs } = await run('ts-sentinel', join(folder, 'check'))
    expect(runs).toMatchObject([{ configPath: join(folder, 'check') }])
    rmSync(folder, { recursive: true })
  })

  it('has no subcommand of an unknown name', () => {
    expect(findSubcommand('nothing')).toBeUndefined()
  })
})
