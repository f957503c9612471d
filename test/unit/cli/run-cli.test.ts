/** What the program does with its arguments: config.md 1.2. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { runCli } from '../../../src/cli/run-cli.ts'
import { findSubcommand } from '../../../src/cli/subcommands.ts'

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
  it.each(['-v', '--version'])('%s prints one line on standard output', async (option) => {
    expect(await run('ts-sentinel', option, 'x')).toEqual({
      status: 0, stderr: '', runs: [],
      stdout: expect.stringMatching(/^Redis server v=7\.\d+\.\d+ sha=[0-9a-f]{8}:[01] malloc=\S+ bits=64 build=[0-9a-f]+\n$/) as string,
    })
  })

  it.each(['-h', '--help'])('%s prints the usage on standard error, with status 1', async (option) => {
    const { status, stdout, stderr } = await run('ts-sentinel', option)
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
