/** The system log (config.md 1.8), with stand-ins for the helper program. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createLogger } from '../../../src/logging/index.ts'
import { syslogLine } from '../../../src/logging/syslog-line.ts'
import { SyslogWriter } from '../../../src/logging/syslog-writer.ts'

let folder: string
let complaints: string[]
let writer: SyslogWriter | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-syslog-'))
  complaints = []
})

afterEach(() => {
  writer?.close()
  writer = undefined
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** A shell script in the place of the helper. It may use $FOLDER. */
function helper(body: string): void {
  writeFileSync(join(folder, 'logger'), `#!/bin/sh\nFOLDER='${folder}'\n${body}\n`)
  chmodSync(join(folder, 'logger'), 0o755)
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`)
}

function create(options: { readonly ident?: string, readonly restartMs?: number } = {}): SyslogWriter {
  writer = new SyslogWriter({
    ident: 'redis', facility: 'local0', pid: 7, restartMs: 1, complain: (text) => { complaints.push(text) }, ...options,
  })
  return writer
}

const read = (name: string) => existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 })

describe('a line of the system log', () => {
  it.each([
    ['local3', 'debug', 159], ['local3', 'verbose', 158], ['local3', 'notice', 157], ['local3', 'warning', 156],
    ['user', 'warning', 12], ['local0', 'notice', 133], ['LOCAL7', 'notice', 189],
  ] as const)('%s and %s give the number that the genuine program gives', (facility, level, number) => {
    expect(syslogLine(facility, level, 'text')).toBe(`<${number}>text\n`)
  })

  it('is one line of 1023 bytes at most', () => {
    expect(syslogLine('user', 'warning', 'a\nb')).toBe('<12>a | b\n')
    expect(syslogLine('user', 'warning', 'x'.repeat(2000))).toBe(`<12>${'x'.repeat(1023)}\n`)
  })
})

describe('the system log', () => {
  it('receives every line, with the name and id of the process', async () => {
    helper('printf "%s\\n" "$@" > "$FOLDER/args"; cat > "$FOLDER/lines"')
    const log = create({ ident: 'my ident' })
    log.write('notice', 'one')
    log.write('warning', 'two')
    log.close()
    await until(() => { expect(read('lines')).toBe('<133>one\n<132>two\n') })
    expect(read('args').split('\n')).toEqual(expect.arrayContaining(['--prio-prefix', '--id=7', '--tag=my ident']))
    expect(complaints).toEqual([])
  })

  it('may be given a name that no process could have', async () => {
    helper('printf "%s\\n" "$@" > "$FOLDER/args"; cat > "$FOLDER/lines"')
    create({ ident: 'a\0b' }).write('notice', 'one')
    await until(() => { expect(read('args').split('\n')).toContain('--tag=a') })
  })

  it('receives the last lines also when its helper is stopped together with the process', async () => {
    helper('echo $$ > "$FOLDER/pid.new"; mv "$FOLDER/pid.new" "$FOLDER/pid"; exec cat > "$FOLDER/lines"')
    const log = create()
    log.write('notice', 'one')
    await until(() => { expect(read('pid')).not.toBe('') })
    process.kill(Number(read('pid')), 'SIGTERM')
    log.write('notice', 'two')
    log.close()
    await until(() => { expect(read('lines')).toBe('<133>one\n<133>two\n') })
  })

  it('is started again when it ends, with one complaint for all failures', async () => {
    helper('echo x >> "$FOLDER/starts"; [ "$(wc -l < "$FOLDER/starts")" -ge 4 ] && exec cat > "$FOLDER/lines"; echo "no such socket" >&2; exit 1')
    const log = create()
    let count = 0
    await until(() => {
      log.write('notice', `line ${count += 1}`)
      expect(read('lines')).not.toBe('')
    })
    expect(complaints).toEqual([
      "Can't write to the system log: no such socket. Lines wait for the next attempt, and some may be lost.",
    ])
  })

  it('that cannot be reached is reported once, in the words of the system', async () => {
    vi.stubEnv('PATH', folder)
    create().write('notice', 'one')
    await until(() => { expect(complaints).toEqual([expect.stringMatching(/system log: .*logger.*not found/)]) })
  })

  it('that does not accept lines delays nothing, and the number of lines lost beyond a limit is logged in their place', async () => {
    helper('while [ ! -e "$FOLDER/go" ]; do sleep 0.01; done; exec cat > "$FOLDER/lines"')
    const log = create()
    const before = performance.now()
    for (let line = 0; line < 4000; line += 1) log.write('notice', `${line} ${'x'.repeat(1000)}`)
    expect(performance.now() - before).toBeLessThan(2000)
    writeFileSync(join(folder, 'go'), '')
    await until(() => { expect(read('lines')).toMatch(/<132>\d+ log lines? could not be written here\n/) })
    const lines = read('lines').trimEnd().split('\n')
    const written = lines.filter((line) => line.endsWith('x'))
    const lost = /(\d+) log lines? could not be written here/.exec(read('lines'))?.[1]
    expect(written.length + Number(lost)).toBe(4000)
    expect(written.map((line) => Number(/^<133>(\d+) /.exec(line)?.[1]))).toEqual(written.map((_line, at) => at))
  })
})

describe('the logger', () => {
  it('sends the lines of its level to the system log, without prefix and without lines of signals', async () => {
    helper('exec cat > "$FOLDER/lines"')
    const logger = createLogger({
      level: 'notice', logfile: join(folder, 'log'), pid: 7, syslog: { ident: 'redis', facility: 'local1' },
    })
    logger.log('verbose', 'not this')
    logger.log('notice', 'this')
    logger.raw('7:signal-handler (1) Received SIGTERM scheduling shutdown...\n')
    logger.setLevel('verbose')
    logger.log('verbose', 'and this')
    logger.setLevel('nothing')
    logger.log('warning', 'not that')
    logger.close()
    await until(() => { expect(read('lines')).toBe('<141>this\n<142>and this\n') })
    expect(read('log').split('\n')).toHaveLength(4)
  })

  it('reports in its own log that the system log cannot be reached', async () => {
    vi.stubEnv('PATH', folder)
    const logger = createLogger({
      level: 'notice', logfile: join(folder, 'log'), pid: 7, syslog: { ident: 'redis', facility: 'local1' },
    })
    logger.log('notice', 'this')
    await until(() => { expect(read('log')).toMatch(/ # Can't write to the system log: .*not found/) })
    logger.close()
  })
})
