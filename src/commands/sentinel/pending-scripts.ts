import type { PendingScript } from '../../ports/index.ts'
import { map } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'

/** Scripts that run or wait, oldest first (protocol.md 2.15). */
export function pendingScripts({ env }: Call): Answer {
  return env.scripts.pending().map(describe)
}

function describe(script: PendingScript): RespValue {
  const running = script.state === 'running'
  return map([
    'argv', script.argv,
    'flags', script.state,
    'pid', running ? `${script.pid}` : '0',
    ...(running ? ['run-time', `${script.runMs}`] : ['run-delay', `${script.delayMs}`]),
    'retry-num', `${script.attempts}`,
  ])
}
