/** Configuration files: each loads, or is refused in words; what loads is rewritten to what loads the same. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  DIRECTIVES, failureBanner, rewriteConfig, rewriteProblem, type LoadedConfig,
} from '../../src/config/index.ts'
import { rewriteState } from '../../src/config/rewrite-state.ts'
import { stateRewriteProblem } from '../../src/config/verify.ts'
import { loadUsers } from '../../src/daemon/users.ts'
import type { SimRandom } from '../simulator/random.ts'
import { load } from '../unit/config/load-text.ts'
import { Mutator } from './mutator.ts'
import { broken, guarded, type Surface } from './surface.ts'

const SAMPLE = readFileSync(join(process.cwd(), 'test/fixtures/config/sentinel-sample.conf'), 'latin1')
  .split('\n').filter((line) => line !== '' && !line.startsWith('#'))
const M = 'sentinel monitor mymaster 127.0.0.1 6379 2'
const LINES = [
  ...SAMPLE, M, 'sentinel monitor other ::1 6380 1', `sentinel myid ${'a'.repeat(40)}`, 'sentinel current-epoch 12',
  'sentinel config-epoch mymaster 3', 'sentinel leader-epoch mymaster 4', 'sentinel known-replica mymaster 127.0.0.1 6390',
  `sentinel known-sentinel mymaster 127.0.0.1 26380 ${'b'.repeat(40)}`, 'sentinel auth-pass mymaster "a b"',
  'sentinel auth-user mymaster me', 'sentinel rename-command mymaster CONFIG GUESSME', 'sentinel resolve-hostnames yes',
  'sentinel announce-ip 10.0.0.1', 'sentinel announce-port 9999', 'sentinel sentinel-pass x', 'sentinel quorum mymaster 9',
  'sentinel master-reboot-down-after-period mymaster 5', 'user default off', 'user me on >secret ~* &* +@all', 'user x on nopass',
  'requirepass "se\\x63ret"', 'include other.conf', 'port 41200', 'bind 127.0.0.1 -::1', 'loglevel notice', 'dir /tmp',
  'client-output-buffer-limit pubsub 32mb 8mb 60', 'maxclients 10', 'rename-command PING PONG', 'aclfile users.acl', '# a comment',
  'logfile ""', 'oom-score-adj-values 0 200 800', 'daemonize no', 'save 3600 1 300 100', 'sentinel deny-scripts-reconfig no',
  'sentinel notification-script mymaster /bin/true', 'sentinel down-after-milliseconds mymaster 5000',
]
const SENTINEL_LINES = LINES.filter((line) => line.startsWith('sentinel '))
const TOKENS = [...DIRECTIVES.map(({ name }) => name), 'sentinel', 'monitor', 'yes', 'no', '1gb', '10k', 'user', '\n', ' ']

export const configFiles: Surface = {
  name: 'configuration files',
  share: 10,
  run: (random) => {
    const text = makeFile(random)
    const result = guarded(text, () => load(text))
    if (!result.ok) {
      const words = result.failure.kind === 'log' ? result.failure.text : result.failure.reason
      if (words === '') throw broken('refused without a word', text)
      guarded(text, () => failureBanner(result.failure, '7.0.15'))
      return 1
    }
    guarded(text, () => { checkRewrite(text, result.config, { isStable: random.chance(10) }) })
    return 1
  },
}

const STATE = '/data/state.conf'

/** Main file and state file: both load, or one is refused in words; what loads is saved to what loads the same. */
export const stateFiles: Surface = {
  name: 'state files',
  share: 5,
  run: (random) => {
    const main = `${makeFile(random)}\nsentinel state-config-file ${STATE}\n`
    const state = random.chance(10) ? '' : `${makeFile(random, SENTINEL_LINES)}# removed-master ${random.pick(['mymaster', 'other', '"'])}\n`
    const both = `${main}\n=== ${STATE}\n${state}`
    const result = guarded(both, () => load(main, { files: { [STATE]: state } }))
    if (!result.ok) {
      const words = result.failure.kind === 'log' ? result.failure.text : result.failure.reason
      if (words === '') throw broken('refused without a word', both)
      guarded(both, () => failureBanner(result.failure, '7.0.15'))
      return 1
    }
    guarded(both, () => { checkStateRewrite(both, result.config, state) })
    return 1
  },
}

function checkStateRewrite(text: string, { saved, durable: loaded }: LoadedConfig, current: string): void {
  if (saved.state === undefined) throw broken('the state file was not used', text)
  const { main, ignored } = saved.state
  const durable = { ...loaded, myId: loaded.myId || 'e'.repeat(40) }
  const input = { current, durable, main, ignored }
  const problem = stateRewriteProblem(rewriteState(input), input)
  if (problem !== undefined) throw broken(`would not read back: ${problem}`, text)
}

function makeFile(random: SimRandom, choices: readonly string[] = LINES): string {
  const mutator = new Mutator(random, TOKENS)
  const lines = random.chance(80) ? [M] : []
  for (let count = random.below(6); count > 0; count -= 1) {
    const line = random.pick(choices)
    lines.push(random.chance(40) ? mutator.mutate(line) : line)
  }
  const text = `${lines.join(random.chance(95) ? '\n' : '\r\n')}\n`
  return random.chance(15) ? mutator.mutate(text) : text
}

function checkRewrite(
  text: string, { settings, durable: loaded }: LoadedConfig, options: { readonly isStable: boolean },
): void {
  const durable = { ...loaded, myId: loaded.myId === '' ? 'c'.repeat(40) : loaded.myId }
  const input = { current: text, settings, durable, userLines: loadUsers(settings, 0o022).configLines() }
  const rewritten = rewriteConfig(input)
  const problem = rewriteProblem(rewritten, input)
  if (problem !== undefined) throw new Error(`its rewritten file would not load: ${problem}\n${rewritten}`)
  const again = load(rewritten)
  if (!again.ok) throw new Error(`its rewritten file does not load: ${JSON.stringify(again.failure)}\n${rewritten}`)
  if (!options.isStable) return
  // As in the original, limits of output buffers take a rewrite or two to find their places.
  let stable = rewritten
  for (let times = 0; times < 3; times += 1) stable = rewriteConfig({ ...input, current: stable })
  const next = rewriteConfig({ ...input, current: stable })
  if (next !== stable) throw new Error(`rewrites go on changing it: ${JSON.stringify(stable)} to ${JSON.stringify(next)}`)
}
