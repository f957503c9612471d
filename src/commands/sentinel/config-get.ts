import { globMatch } from '../../core/index.ts'
import { error, map } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { CommandEnvironment } from '../environment.ts'
import { longPattern } from '../errors.ts'
import { CONFIG_PATTERNS_MAX, GLOB_CHARS_MAX } from '../limits.ts'

/** For each pattern, the matching options that are not in the reply yet, in one fixed order. */
export function configGet(patterns: readonly string[], env: CommandEnvironment): RespValue {
  if (patterns.length > CONFIG_PATTERNS_MAX) return error(`ERR too many patterns, at most ${CONFIG_PATTERNS_MAX}`)
  if (patterns.some((pattern) => pattern.length > GLOB_CHARS_MAX)) return longPattern(GLOB_CHARS_MAX)
  const options = currentOptions(env)
  const told = new Set<string>()
  const reply: string[] = []
  for (const pattern of patterns) {
    for (const [name, value] of options) {
      if (told.has(name) || !globMatch(pattern, name, { ignoreCase: true })) continue
      told.add(name)
      reply.push(name, value)
    }
  }
  return map(reply)
}

function currentOptions(env: CommandEnvironment): readonly (readonly [name: string, value: string])[] {
  const globals = env.view.globals()
  return [
    ['resolve-hostnames', yesNo(globals.resolveHostnames)],
    ['announce-hostnames', yesNo(globals.announceHostnames)],
    ['announce-ip', globals.announceIp ?? ''],
    ['announce-port', `${globals.announcePort}`],
    ['sentinel-user', globals.sentinelUser ?? ''],
    ['sentinel-pass', globals.sentinelPass ?? ''],
    ['loglevel', env.logLevel.get()],
  ]
}

function yesNo(on: boolean): string {
  return on ? 'yes' : 'no'
}
