/** Real scripts through the runner (behaviour.md 10.2; users expect exactly these events). */
import { chmodSync, existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { ScriptRunner } from '../../../src/ports/index.ts'
import { payloadOf } from '../../../src/events/index.ts'
import { createScriptRunner, type ScriptRunnerOptions } from '../../../src/scripts/index.ts'

let folder: string
let out: string
let events: string[]
let maxRuntimeMs: number
let retryDelayMs: number
let runner: ScriptRunner

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-scripts-'))
  out = join(folder, 'out')
  events = []
  maxRuntimeMs = 60_000
  retryDelayMs = 1
  runner = create()
})

afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

function create(options: Partial<ScriptRunnerOptions> = {}): ScriptRunner {
  return createScriptRunner({
    clock: { now: () => ({ mono: Math.floor(performance.now()), wall: Date.now() }) },
    events: { event: (event) => { events.push(`${event.name} ${payloadOf(event)}`) }, note: () => undefined },
    maxRuntimeMs: () => maxRuntimeMs,
    retryDelayMs: () => retryDelayMs,
    ...options,
  })
}

/** A shell script that may use $OUT. */
function script(body: string, name = 'script.sh'): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\nOUT='${out}'\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 2 })
const output = () => existsSync(out) ? readFileSync(out, 'utf8') : ''
const names = () => events.map((event) => event.split(' ')[0])

/** Events with the numbers of processes replaced, equal ones by equal letters. */
function story(): string[] {
  const letters = new Map<string, string>()
  const letter = (pid: string) => {
    const known = letters.get(pid) ?? String.fromCharCode(65 + letters.size)
    letters.set(pid, known)
    return known
  }
  return events.map((event) => event
    .replace(/^([+-]script-child) (\d+)/, (_all, name: string, pid: string) => `${name} ${letter(pid)}`)
    .replace(/^(-script-timeout .*) (\d+)$/, (_all, name: string, pid: string) => `${name} ${letter(pid)}`))
}

const idle = () => until(() => { expect(runner.pending()).toEqual([]) })

describe('a script', () => {
  it('receives its arguments unchanged, without a shell', async () => {
    const path = script('for word in "$0" "$@"; do echo "[$word]" >> "$OUT"; done')
    runner.enqueue([path, '+odown', 'master my $master; `x` "q" \'s\' é * 127.0.0.1 6379 #quorum 2/2', ''])
    await idle()
    expect(output()).toBe(
      `[${path}]\n[+odown]\n[master my $master; \`x\` "q" 's' é * 127.0.0.1 6379 #quorum 2/2]\n[]\n`)
    expect(story()).toEqual(['+script-child A', '-script-child A 0 0'])
  })

  it('does not start from within the call that queues it', async () => {
    runner.enqueue([script('exit 0')])
    expect(events).toEqual([])
    expect(runner.pending()).toMatchObject([{ state: 'scheduled', delayMs: 0, attempts: 0 }])
    await idle()
  })

  it('has the environment and the directory of this process, without the socket of the supervisor', async () => {
    vi.stubEnv('NOTIFY_SOCKET', '/run/systemd/notify')
    vi.stubEnv('TS_SENTINEL_TEST', 'here')
    runner.enqueue([script('{ echo "$TS_SENTINEL_TEST ${NOTIFY_SOCKET-unset}"; pwd; } > "$OUT"')])
    await idle()
    vi.unstubAllEnvs()
    expect(output()).toBe(`here unset\n${process.cwd()}\n`)
  })

  it('has the standard streams and no other descriptor of this process', async () => {
    const held = openSync(join(folder, 'held'), 'w')
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    runner.enqueue([script('exec /bin/ls -l /proc/self/fd > "$OUT"')])
    await idle()
    closeSync(held)
    await new Promise<void>((resolve) => {
      server.close(() => { resolve() })
    })
    const open = output().split('\n').flatMap((line) => /(\d+ -> .*)$/.exec(line)?.[1] ?? [])
    expect(open.length).toBeGreaterThan(3)
    expect(open.slice(0, 3).map((link) => link.split(' ')[0])).toEqual(['0', '1', '2'])
    // What lists them reads its own directory; a descriptor of our parents is there as the null device.
    expect(open.slice(3).filter((link) => !/-> (\/proc\/\d+\/fd|\/dev\/null)$/.test(link))).toEqual([])
  })

  it('named without a slash is a file of the working directory, never of PATH', async () => {
    runner.enqueue(['true'])
    await idle()
    expect(events).toEqual(['-script-error true 0 2'])
  })
})

describe('the end of a script', () => {
  it('with 1 is tried again, ten times in all, and then an error', async () => {
    const path = script('echo x >> "$OUT"; exit 1')
    runner.enqueue([path])
    await idle()
    expect(output()).toBe('x\n'.repeat(10))
    expect(names().filter((name) => name === '+script-child')).toHaveLength(10)
    expect(story().slice(-2)).toEqual(['-script-child J 1 0', `-script-error ${path} 0 1`])
  })

  it('with 1 and then 0 is a success', async () => {
    runner.enqueue([script('echo x >> "$OUT"; [ "$(wc -l < "$OUT")" -ge 3 ]')])
    await idle()
    expect(story()).toEqual([
      '+script-child A', '-script-child A 1 0', '+script-child B', '-script-child B 1 0', '+script-child C', '-script-child C 0 0',
    ])
  })

  it.each([2, 3, 126])('with %i is an error at once', async (status) => {
    const path = script(`exit ${status}`)
    runner.enqueue([path])
    await idle()
    expect(story()).toEqual(['+script-child A', `-script-child A ${status} 0`, `-script-error ${path} 0 ${status}`])
  })

  it.each(['', 'x', 'echo x > "$OUT"\n', ' #!/bin/sh\n'])('that is no script for the system is 2: %j', async (content) => {
    const path = join(folder, 'plain')
    writeFileSync(path, content)
    chmodSync(path, 0o755)
    runner.enqueue([path])
    await idle()
    expect(events).toEqual([`-script-error ${path} 0 2`])
  })

  it('by a signal is tried again', async () => {
    runner.enqueue([script('[ -e "$OUT" ] && exit 0; touch "$OUT"; kill -TERM $$')])
    await idle()
    expect(story()).toEqual(['+script-child A', '-script-child A 0 15', '+script-child B', '-script-child B 0 0'])
  })

  it('leaves it visible with the current delay until its next attempt', async () => {
    retryDelayMs = 60_000
    const path = script('exit 1')
    runner.enqueue([path, 'word'])
    await until(() => { expect(names()).toEqual(['+script-child', '-script-child']) })
    const [waiting, ...others] = runner.pending()
    expect(others).toEqual([])
    expect(waiting).toMatchObject({ argv: [path, 'word'], state: 'scheduled', attempts: 1 })
    expect(waiting?.state === 'scheduled' && waiting.delayMs > 50_000 && waiting.delayMs <= 60_000).toBe(true)
  })
})

describe('a script that cannot be executed', () => {
  it.each([
    ['does not exist', () => join(folder, 'missing')],
    ['may not be executed', () => {
      const path = script('exit 0')
      chmodSync(path, 0o644)
      return path
    }],
    ['is a directory', () => folder],
    ['has an interpreter that does not exist', () => {
      const path = script('', 'odd')
      writeFileSync(path, '#!/no/such/interpreter\n')
      return path
    }],
    ['has no name', () => ''],
    ['has a name that no file can have', () => `${folder}/nul\0byte`],
  ])('ends with status 2 and is never tried again: %s', async (_what, path) => {
    const argv = [path()]
    runner.enqueue(argv)
    await idle()
    expect(events).toEqual([`-script-error ${argv[0]} 0 2`])
  })

  it('because no process is available is kept and tried again', async () => {
    let starts = 0
    runner = create({
      start: (_argv, done) => {
        starts += 1
        setImmediate(() => { done(starts === 1 ? 'no-process' : { signal: 0, status: 0 }) })
        return { pid: starts === 1 ? undefined : 42, kill: () => undefined }
      },
    })
    runner.enqueue(['/notify.sh'])
    await until(() => { expect(events).toEqual(['-script-error /notify.sh 99 0']) })
    expect(runner.pending()).toMatchObject([{ state: 'scheduled', attempts: 1 }])
    await idle()
    expect(events).toEqual(['-script-error /notify.sh 99 0', '+script-child 42', '-script-child 42 0 0'])
  })
})

describe('a script that takes too long', () => {
  it('is killed with what it started, and tried again', async () => {
    maxRuntimeMs = 150
    const path = script('[ -e "$OUT" ] && exit 0; sleep 1000 & echo $! > "$OUT"; wait')
    runner.enqueue([path])
    await idle()
    expect(story()).toEqual([
      '+script-child A', `-script-timeout ${path} A`, '-script-child A 0 9', '+script-child B', '-script-child B 0 0',
    ])
    const grandchild = Number(output())
    await until(() => { expect(isRunning(grandchild)).toBe(false) })
  })

  it('is killed by a limit that was lowered while it ran', async () => {
    retryDelayMs = 60_000
    runner.enqueue([script('exec sleep 1000')])
    await until(() => { expect(names()).toEqual(['+script-child']) })
    expect(runner.pending()).toMatchObject([{ state: 'running', attempts: 1, pid: Number(events[0]?.split(' ')[1]) }])
    maxRuntimeMs = 10
    await until(() => { expect(names()).toEqual(['+script-child', '-script-timeout', '-script-child']) })
  })
})

describe('many scripts', () => {
  it('run sixteen at once', async () => {
    const path = script('echo x >> "$OUT"; while [ ! -e "$OUT.go" ]; do sleep 0.01; done')
    for (let count = 0; count < 20; count++) runner.enqueue([path])
    await until(() => { expect(output()).toBe('x\n'.repeat(16)) })
    const states = runner.pending().map(({ state }) => state)
    expect(states).toEqual([...Array.from({ length: 16 }, () => 'running'), ...Array.from({ length: 4 }, () => 'scheduled')])
    writeFileSync(`${out}.go`, '')
    await idle()
    expect(output()).toBe('x\n'.repeat(20))
  })

  it('beyond 256 remove the oldest that do not run', async () => {
    const blocker = script('echo "b" >> "$OUT"; while [ ! -e "$OUT.go" ]; do sleep 0.01; done', 'block.sh')
    const path = script('echo "$1" >> "$OUT"')
    for (let count = 0; count < 16; count++) runner.enqueue([blocker])
    await until(() => { expect(output()).toBe('b\n'.repeat(16)) })
    for (let count = 0; count < 245; count++) runner.enqueue([path, String(count)])
    expect(runner.pending()).toHaveLength(256)
    expect(runner.pending()[16]?.argv[1]).toBe('5')
    rmSync(out)
    writeFileSync(`${out}.go`, '')
    await idle()
    const ran = output().trim().split('\n').map(Number).sort((one, other) => one - other)
    expect(ran).toEqual(Array.from({ length: 240 }, (_unused, index) => index + 5))
  })
})

/** A killed process that nobody has collected yet does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
