import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { claimPort, genuineSentinel, ourSentinel } from '../../src/harness/index.ts'
import { startProgram, type Target } from './replies/target.ts'

/** redis-cli must not notice whom it talks to: the same words typed, piped and given as arguments to both. */

/** No call of redis-cli here takes longer; those that never end by themselves are ended by it. */
const LIMIT_MS = 15_000

const CALLS: readonly { readonly args: readonly string[], readonly input?: string }[] = [
  { args: ['PING'] },
  { args: ['SENTINEL', 'MASTERS'] },
  { args: ['-3', 'SENTINEL', 'MASTERS'] },
  { args: ['-3', '--json', 'SENTINEL', 'MASTER', 'mymaster'] },
  { args: ['--csv', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'] },
  { args: ['--no-raw', 'SENTINEL', 'CKQUORUM', 'mymaster'] },
  { args: ['--raw', 'INFO', 'sentinel'] },
  { args: ['-n', '3', 'PING'] },
  { args: ['-r', '3', '-i', '0.01', 'PING'] },
  { args: ['-e', 'NOSUCH'] },
  { args: ['--user', 'nobody', '--pass', 'wrong', 'PING'] },
  { args: ['--scan'] },
  { args: ['--bigkeys'] },
  { args: ['--memkeys'] },
  { args: ['--hotkeys'] },
  { args: ['--eval', '/dev/null'] },
  { args: ['--rdb', '/dev/null'] },
  { args: ['--replica'] },
  { args: ['MONITOR'] },
  { args: ['-x', 'PING'], input: 'said by PING' },
  { args: [], input: 'PING\nSENTINEL MASTERS\nNOSUCH COMMAND\n' },
  { args: ['-3'], input: 'HELLO\nCOMMAND COUNT\n' },
  { args: ['--pipe', '--pipe-timeout', '1'], input: '*1\r\n$4\r\nPING\r\n*2\r\n$8\r\nSENTINEL\r\n$7\r\nMASTERS\r\n' },
]

describe('redis-cli', () => {
  let genuine: Target
  let ours: Target

  beforeAll(async () => {
    const claimed = await claimPort()
    const options = { masterPort: claimed.port }
    genuine = await startProgram(genuineSentinel(), options)
    ours = await startProgram(ourSentinel(), options)
    claimed.release()
  }, 60_000)
  afterAll(async () => {
    await Promise.all([genuine.stop(), ours.stop()])
  })

  for (const call of CALLS) {
    it(`shows the same for ${JSON.stringify(call)}`, () => {
      const shown = run(genuine, call.args, call.input)
      expect(shown.status ?? shown.text, 'it does something').not.toBe('')
      expect(run(ours, call.args, call.input)).toEqual(shown)
    }, 3 * LIMIT_MS)
  }

  it('shows help on a terminal for every command of sentinel mode, also by group', () => {
    const groups = ['@connection', '@sentinel', '@server', '@pubsub']
    // The names of commands are what is shown in bold.
    const commands = (shown: string): string[] => {
      return shown.split(String.fromCharCode(27)).filter((part) => part.startsWith('[1m')).map((part) => part.slice(3))
    }
    const typed = ['help PING', 'help SENTINEL MASTERS', 'help NOSUCH', ...groups.map((group) => `help ${group}`)]
    const known = commands(onTerminal(genuine, typed))
    expect(known).toEqual(expect.arrayContaining(['PING', 'SENTINEL MASTERS', 'CLIENT LIST', 'INFO', 'PSUBSCRIBE']))
    const shown = onTerminal(ours, typed)
    // The newer release knows more than the original that is installed: nothing of it is missing.
    expect(commands(shown)).toEqual(expect.arrayContaining(known))
    expect(shown).toMatch(/SENTINEL MASTERS[\s\S]*summary:[\s\S]*since:[^\n]*2\.8\.4[\s\S]*group:[^\n]*sentinel/)
  }, 8 * LIMIT_MS)

  it('prints the answers of commands on a terminal', () => {
    const typed = ['SENTINEL GET-MASTER-ADDR-BY-NAME mymaster', 'PING', 'NOSUCH']
    const [theirs, own] = [genuine, ours].map((target) => plain(target, onTerminal(target, typed)))
    expect(theirs).toContain('PONG')
    expect(own).toBe(theirs)
  }, 4 * LIMIT_MS)
})

/** Fields whose values count or tell a time, with what stands between name and value in each way of showing them. */
const TIMES = /((?:link-pending-commands|last-ping-sent|last-ok-ping-reply|last-ping-reply|info-refresh|role-reported-time|\bid)[": ,\n]*(?:\(integer\) )?)\d+/g

function run(
  target: Target, args: readonly string[], input = '',
): { readonly status: number | null, readonly text: string } {
  const { status, stdout, stderr } = spawnSync('redis-cli', ['-p', String(target.port), ...args], {
    input, encoding: 'utf8', timeout: LIMIT_MS,
  })
  return { status, text: plain(target, stdout + stderr) }
}

function onTerminal(target: Target, lines: readonly string[]): string {
  const script = join(import.meta.dirname, 'clients', 'terminal.py')
  const { stdout, stderr } = spawnSync('python3', [script, '3', 'redis-cli', '-p', String(target.port), ...lines], {
    encoding: 'utf8', timeout: 3 * LIMIT_MS,
  })
  expect(stderr).toBe('')
  return stdout.replaceAll('\r', '')
}

/** Without what belongs to one process or one moment: its port, ids and counted times; the mark that ends a pipe. */
function plain(target: Target, text: string): string {
  return text.replaceAll(String(target.port), 'PORT').replace(/[0-9a-f]{40}/g, 'ID')
    .replace(/(unknown command 'ECHO', with args beginning with: ').*/s, '$1*')
    .replace(TIMES, '$1#')
}
