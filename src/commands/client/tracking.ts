import { error, isError, map, OK, set } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Tracking } from '../client.ts'
import type { Answer, Call } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { NOT_AN_INTEGER, SYNTAX_ERROR } from '../errors.ts'
import { TRACKING_PREFIX_CHARS_MAX, TRACKING_PREFIXES_MAX } from '../limits.ts'
import { strictInteger } from '../words.ts'

/**
 * CLIENT TRACKING and the subcommands that depend on it. A sentinel has no keys, so nothing is ever tracked; client
 * libraries that enable tracking everywhere must still get the replies that they expect (protocol.md 1.6).
 */

const TOO_MANY_PREFIXES = error(`ERR Too many prefixes, at most ${TRACKING_PREFIXES_MAX} per connection`)
const LONG_PREFIX = error(`ERR Prefix too long, at most ${TRACKING_PREFIX_CHARS_MAX} characters`)

interface TrackingOptions {
  redirect: number
  prefixes: string[]
  broadcast: boolean
  optin: boolean
  optout: boolean
  noLoop: boolean
}

export function tracking({ argv, client, env }: Call): Answer {
  const options = readOptions(argv.slice(3), env)
  if (isError(options)) return options
  switch (argv[2]?.toLowerCase()) {
    case 'on': {
      const problem = contradiction(options, client.tracking)
      if (problem !== undefined) return error(`ERR ${problem}`)
      const merged = merge(options, client.tracking)
      if (merged.prefixes.length > TRACKING_PREFIXES_MAX) return TOO_MANY_PREFIXES
      client.tracking = merged
      return OK
    }
    case 'off':
      client.tracking = undefined
      return OK
    default:
      return SYNTAX_ERROR
  }
}

export function trackingInfo({ client }: Call): Answer {
  const state = client.tracking
  return map([
    'flags', set(state === undefined ? ['off'] : trackingFlags(state)),
    'redirect', state?.redirect ?? -1,
    'prefixes', [...state?.prefixes ?? []],
  ])
}

export function getRedirect({ client }: Call): Answer {
  return client.tracking?.redirect ?? -1
}

export function caching({ argv, client }: Call): Answer {
  const mode = client.tracking?.mode
  if (mode === undefined) {
    return error('ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled')
  }
  const word = argv[2]?.toLowerCase()
  if (word !== 'yes' && word !== 'no') return SYNTAX_ERROR
  const needed = word === 'yes' ? 'optin' : 'optout'
  if (mode !== needed) {
    const [answer, name] = [word.toUpperCase(), needed.toUpperCase()]
    return error(`ERR CLIENT CACHING ${answer} is only valid when tracking is enabled in ${name} mode.`)
  }
  if (client.tracking !== undefined) client.tracking = { ...client.tracking, caching: true }
  return OK
}

function readOptions(words: readonly string[], env: CommandEnvironment): TrackingOptions | ErrorReply {
  const options: TrackingOptions = {
    redirect: 0, prefixes: [], broadcast: false, optin: false, optout: false, noLoop: false,
  }
  for (let at = 0; at < words.length; at += 1) {
    const value = words[at + 1]
    switch (words[at]?.toLowerCase()) {
      case 'redirect': {
        if (value === undefined) return SYNTAX_ERROR
        const id = strictInteger(value)
        if (id === undefined) return NOT_AN_INTEGER
        if (env.clients.byId(Number(id)) === undefined) {
          return error('ERR The client ID you want redirect to does not exist')
        }
        options.redirect = Number(id)
        at += 1
        break
      }
      case 'prefix':
        if (value === undefined) return SYNTAX_ERROR
        if (value.length > TRACKING_PREFIX_CHARS_MAX) return LONG_PREFIX
        if (options.prefixes.push(value) > TRACKING_PREFIXES_MAX) return TOO_MANY_PREFIXES
        at += 1
        break
      case 'bcast':
        options.broadcast = true
        break
      case 'optin':
        options.optin = true
        break
      case 'optout':
        options.optout = true
        break
      case 'noloop':
        options.noLoop = true
        break
      default:
        return SYNTAX_ERROR
    }
  }
  return options
}

/** Why these options cannot be enabled now, or undefined. */
function contradiction(options: TrackingOptions, before: Tracking | undefined): string | undefined {
  if (!options.broadcast && options.prefixes.length > 0) return 'PREFIX option requires BCAST mode to be enabled'
  if (before !== undefined && (before.mode === 'broadcast') !== options.broadcast) {
    return 'You can\'t switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.'
  }
  if (options.broadcast && (options.optin || options.optout)) {
    return 'OPTIN and OPTOUT are not compatible with BCAST'
  }
  if (options.optin && options.optout) return 'You can\'t specify both OPTIN mode and OPTOUT mode'
  if ((options.optin && before?.mode === 'optout') || (options.optout && before?.mode === 'optin')) {
    return 'You can\'t switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.'
  }
  return options.broadcast ? prefixClash(options.prefixes, before?.prefixes ?? []) : undefined
}

function prefixClash(prefixes: readonly string[], before: readonly string[]): string | undefined {
  for (const [at, prefix] of prefixes.entries()) {
    const old = before.find((other) => other !== prefix && overlap(prefix, other))
    if (old !== undefined) {
      return `Prefix '${prefix}' overlaps with an existing prefix '${old}'. Prefixes for a single client must not overlap.`
    }
    const other = prefixes.slice(at + 1).find((later) => overlap(prefix, later))
    if (other !== undefined) {
      return `Prefix '${prefix}' overlaps with another provided prefix '${other}'. Prefixes for a single client must not overlap.`
    }
  }
  return undefined
}

function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one)
}

function merge(options: TrackingOptions, before: Tracking | undefined): Tracking {
  return {
    mode: modeOf(options),
    noLoop: options.noLoop,
    redirect: options.redirect,
    prefixes: options.broadcast ? mergePrefixes(options.prefixes, before?.prefixes ?? []) : [],
    caching: false,
  }
}

/** Broadcasting without a prefix means all keys, as with the empty prefix. */
function mergePrefixes(prefixes: readonly string[], before: readonly string[]): string[] {
  const all = new Set([...before, ...prefixes])
  return all.size === 0 ? [''] : [...all].sort()
}

function modeOf(options: TrackingOptions): Tracking['mode'] {
  if (options.broadcast) return 'broadcast'
  if (options.optin) return 'optin'
  return options.optout ? 'optout' : 'plain'
}

function trackingFlags(state: Tracking): string[] {
  const flags = ['on']
  if (state.mode === 'broadcast') flags.push('bcast')
  if (state.mode === 'optin') flags.push('optin')
  if (state.mode === 'optout') flags.push('optout')
  if (state.caching) flags.push(state.mode === 'optin' ? 'caching-yes' : 'caching-no')
  if (state.noLoop) flags.push('noloop')
  return flags
}
