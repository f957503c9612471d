/** `daemonize yes`: config.md 1.7. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { startInBackground, takeBackgroundMarker } from '../../../src/daemon/background.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'background-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

/** Starts a program that writes down what it finds; resolves with that. */
async function findings(standardInput: Uint8Array | undefined, env: NodeJS.ProcessEnv) {
  const file = join(folder, 'found')
  const program = `
    const fs = require('node:fs')
    const found = {
      pid: process.pid, input: fs.readFileSync(0, 'latin1'), env: process.env, words: process.argv.slice(1),
      session: Number(fs.readFileSync('/proc/self/stat', 'utf8').replace(/^.*\\) /, '').split(' ')[3]),
      outputs: [1, 2].map((fd) => fs.readlinkSync('/proc/self/fd/' + fd)),
    }
    fs.writeFileSync(process.argv[1] + '.new', JSON.stringify(found))
    fs.renameSync(process.argv[1] + '.new', process.argv[1])`
  const pid = await startInBackground(standardInput, {
    execPath: process.execPath, execArgv: ['-e', program], argv: ['node', file, 's.conf', '-'], env,
  })
  await vi.waitFor(() => { expect(existsSync(file)).toBe(true) }, { timeout: 10_000 })
  const found = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>
  return { pid, ...found, foundPid: found['pid'] }
}

describe('the background', () => {
  it('is a session without terminal, with the same arguments and environment', async () => {
    const { pid, foundPid, ...found } = await findings(undefined, { GREETING: 'hello' })
    expect(foundPid).toBe(pid)
    expect(found).toMatchObject({
      session: pid, input: '', outputs: ['/dev/null', '/dev/null'], env: { GREETING: 'hello' },
    })
  })

  it('receives the standard input that was read already, byte for byte', async () => {
    expect(await findings(Buffer.from('port 1\n\u00e9', 'latin1'), {})).toMatchObject({ input: 'port 1\n\u00e9' })
  })

  it('knows that it is the background, and does not pass that on to its children', async () => {
    const { env } = await findings(undefined, {}) as { env?: NodeJS.ProcessEnv }
    const environment = { ...env }
    expect(takeBackgroundMarker(environment)).toBe(true)
    expect(takeBackgroundMarker(environment)).toBe(false)
  })

  it('that cannot be started is an error', async () => {
    await expect(startInBackground(undefined, { execPath: '/nonexistent', execArgv: [], argv: [], env: {} }))
      .rejects.toThrow('ENOENT')
  })
})
