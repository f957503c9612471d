/**
 * Reads a rewritten file back before it replaces the old one (design principle 29). A file that would not load, or
 * would load as something else, must never get onto the disk: it would be found out at the next start, when the
 * sentinel is needed.
 */
import type { DurableState } from '../core/index.ts'
import { toBytes } from './byte-text.ts'
import { parseDocument, sentinelKey, type DocumentLine } from './document.ts'
import type { ConfigEnvironment } from './environment.ts'
import { DIRECTIVES, findDirective } from './directives/table.ts'
import type { Failure } from './failure.ts'
import { startLoading } from './loading.ts'
import { accepted } from './outcome.ts'
import { canonicalHost, distinctPeers, distinctReplicas } from './rewrite-sentinel.ts'
import type { RewriteInput } from './rewrite.ts'
import { SENTINEL_DIRECTIVES } from './sentinel-directives.ts'
import { runSentinelLines } from './sentinel-lines.ts'
import { directiveValue, type DirectiveValues } from './settings.ts'
import { readText } from './standard-lines.ts'

/** What is wrong with the new text; undefined when it says exactly what it should. */
export function rewriteProblem(bytes: string, { settings, durable, userLines }: RewriteInput): string | undefined {
  const loading = startLoading({
    environment: nothingToCheck(settings.directory),
    sentinelMode: true,
    validateUser: () => undefined,
    commandNames: [],
  })
  const lines = parseDocument(bytes)
  const failure = readText(loading, ownedText(lines))
  if (failure !== undefined) return failureText(failure)
  const sentinel = runSentinelLines(loading)
  if (!sentinel.ok) return failureText(sentinel.failure)
  return userProblem(lines, userLines)
    ?? valueProblem(loading.values, settings.values)
    ?? stateProblem(sentinel.durable, durable)
}

function failureText(failure: Failure): string {
  return failure.kind === 'log' ? failure.text : `line '${failure.where?.text ?? ''}': ${failure.reason}`
}

/**
 * Only lines that a rewrite owns. What people added by hand and we merely keep (an unknown `sentinel` line, an
 * include, a renamed command) is theirs: refusing to save because of it would lose votes.
 */
function ownedText(lines: readonly DocumentLine[]): string {
  return lines.map((line) => line.kind === 'slot' && isOwned(line.key) ? line.text : '').join('\n')
}

const OWNED_SENTINEL_KEYS: ReadonlySet<string> = new Set([...SENTINEL_DIRECTIVES.keys()].map(sentinelKey))

function isOwned(key: string): boolean {
  return key === 'user' || OWNED_SENTINEL_KEYS.has(key) || findDirective(key) !== undefined
}

/** The form of the text is at stake, not whether scripts and directories still exist. */
function nothingToCheck(directory: string): ConfigEnvironment {
  return {
    workingDirectory: () => directory,
    changeDirectory: () => undefined,
    readFile: () => accepted(''),
    readStandardInput: () => '',
    glob: () => [],
    identity: (path) => path,
    checkLogFile: () => undefined,
    checkWritable: () => undefined,
    isExecutable: () => true,
  }
}

/** Ready lines come from elsewhere. One that held a line end would bring a directive of its own. */
function userProblem(lines: readonly DocumentLine[], expected: readonly string[]): string | undefined {
  const written = lines.filter((line) => line.kind === 'slot' && line.key === 'user').map((line) => line.text).sort()
  const wanted = expected.map(toBytes).sort()
  return written.join('\n') === wanted.join('\n') && !wanted.some((line) => line.includes('\n'))
    ? undefined : 'the user lines would not read back'
}

function valueProblem(written: DirectiveValues, expected: DirectiveValues): string | undefined {
  for (const { name, initial, sentinelInitial } of DIRECTIVES) {
    const one = text(directiveValue(written, name))
    const other = text(directiveValue(expected, name))
    // `--port 6379` is not written, because that is the default of the table; it comes back with the command line.
    const isLeftOut = sentinelInitial !== undefined && other === text(initial)
    if (one !== other && !isLeftOut) return `directive '${name}' would not read back`
  }
  return undefined
}

function stateProblem(written: DurableState, expected: DurableState): string | undefined {
  const { masters, ...globals } = comparable(written)
  const { masters: expectedMasters, ...expectedGlobals } = comparable(expected)
  if (text(globals) !== text(expectedGlobals)) return 'the global sentinel settings would not read back'
  const known = new Map(masters.map((master) => [master.name, text(master)]))
  const wrong = expectedMasters.find((master) => known.get(master.name) !== text(master))
  if (wrong !== undefined) return `the lines of master '${wrong.name}' would not read back`
  return known.size === expectedMasters.length ? undefined : 'a master would appear that nobody knows'
}

/** What a reader makes of a state: epochs raise the current one, empty texts are not set, addresses are canonical. */
function comparable(state: DurableState): DurableState {
  const { announceIp, sentinelUser, sentinelPass, masters } = state
  return {
    ...state,
    currentEpoch: masters.reduce((epoch, master) => maximum(epoch, master.configEpoch), state.currentEpoch),
    announceIp: announceIp || undefined,
    sentinelUser: sentinelUser || undefined,
    sentinelPass: sentinelPass || undefined,
    masters: masters.map((master) => ({
      ...master,
      host: canonicalHost(master.host),
      replicas: distinctReplicas(master).map((address) => ({ ...address, host: canonicalHost(address.host) })),
      sentinels: distinctPeers(master).map((peer) => ({ ...peer, host: canonicalHost(peer.host) })),
    })),
  }
}

function maximum(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

/** A canonical text: keys in order, numbers of 64 bits in full. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => one < other ? -1 : 1))
  })
}
