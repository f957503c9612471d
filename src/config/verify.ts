/**
 * Reads a rewritten file back before it replaces the old one. A file that would not load, or would load as something
 * else, must never reach the disk: the fault would show only at the next start.
 */
import type { DurableState } from '../core/index.ts'
import { toBytes } from '../text/index.ts'
import { parseDocument, sentinelKey, type DocumentLine } from './document.ts'
import type { ConfigEnvironment } from './environment.ts'
import { DIRECTIVES, findDirective } from './directives/table.ts'
import type { Failure } from './failure.ts'
import { inertEnvironment } from './inert-environment.ts'
import { startLoading, type Loading } from './loading.ts'
import { settingsAsRead } from './master-settings.ts'
import { canonicalHost, distinctPeers, distinctReplicas } from './rewrite-sentinel.ts'
import type { RewriteInput } from './rewrite.ts'
import type { StateInput } from './rewrite-state.ts'
import { isSame } from './same-data.ts'
import { draftOf, finishDraft } from './sentinel-draft.ts'
import { SENTINEL_DIRECTIVES } from './sentinel-directives.ts'
import { runSentinelLines } from './sentinel-lines.ts'
import { directiveValue, type DirectiveValues } from './settings.ts'
import { readWords } from './standard-lines.ts'
import { readState } from './state-file.ts'
import { trimLine } from './text-lines.ts'

/** What is wrong with the new text; undefined when reading it gives what was written. */
export function rewriteProblem(bytes: string, { settings, durable, userLines }: RewriteInput): string | undefined {
  const loading = startLoading({
    environment: machineOf(settings.directory),
    sentinelMode: true,
    validateUser: () => undefined,
    commandNames: [],
  })
  const lines = parseDocument(bytes)
  const failure = readOwnedLines(loading, lines)
  if (failure !== undefined) return failureText(failure)
  const sentinel = runSentinelLines(loading)
  if (!sentinel.ok) return failureText(sentinel.failure)
  return userProblem(lines, userLines)
    ?? valueProblem(loading.values, settings.values)
    ?? stateProblem(finishDraft(sentinel.draft), asRead(durable))
}

/** The same for a state file, which is read on top of the main file. */
export function stateRewriteProblem(bytes: string, { durable, main, ignored }: StateInput): string | undefined {
  const owned = parseDocument(bytes).map((line) => line.kind === 'slot' && !isOwned(line.key) ? '' : line.text)
  const loading = { environment: machineOf('/'), log: [], remarks: [], lines: [] }
  const { outcome, ignored: read } = readState(loading, draftOf(main), '', owned.join('\n'))
  if (!outcome.ok) return failureText(outcome.failure)
  if (!isSame([...read].sort(), [...ignored].sort())) return 'the comments about removed masters would not read back'
  return stateProblem(outcome.durable, asRead(durable))
}

function failureText(failure: Failure): string {
  return failure.kind === 'log' ? failure.text : `line '${failure.where?.text ?? ''}': ${failure.reason}`
}

/**
 * Reads the lines that a rewrite writes. Lines that an operator added and a rewrite only keeps (an unknown `sentinel`
 * line, an include, a renamed command) are not checked: refusing to save because of them would lose votes.
 */
function readOwnedLines(loading: Loading, lines: readonly DocumentLine[]): Failure | undefined {
  for (const [index, line] of lines.entries()) {
    if (line.kind !== 'slot' || !isOwned(line.key)) continue
    const failure = readWords(loading, line.words, { number: index + 1, text: line.text })
    if (failure !== undefined) return failure
  }
  return undefined
}

const OWNED_SENTINEL_KEYS: ReadonlySet<string> = new Set([...SENTINEL_DIRECTIVES.keys()].map(sentinelKey))

function isOwned(key: string): boolean {
  return OWNED_SENTINEL_KEYS.has(key) || key === 'user' || key === 'dir' || findDirective(key) !== undefined
}

/** An environment in which only the directory of the settings exists. */
function machineOf(directory: string): ConfigEnvironment {
  return {
    ...inertEnvironment({ directory, text: '' }),
    changeDirectory: (path) => path === directory ? undefined : `the directory is ${directory}`,
  }
}

/** Lines of users arrive complete from the ACL module. A line end in one of them would add a directive. */
function userProblem(lines: readonly DocumentLine[], expected: readonly string[]): string | undefined {
  const written = lines.filter((line) => line.kind === 'slot' && line.key === 'user').map((line) => line.text)
  const wanted = expected.map((line) => trimLine(toBytes(line)))
  return isSame(written.sort(), wanted.sort()) ? undefined : 'the user lines would not read back'
}

function valueProblem(written: DirectiveValues, expected: DirectiveValues): string | undefined {
  const wrong = DIRECTIVES.find(({ name }) => !isSame(directiveValue(written, name), directiveValue(expected, name)))
  return wrong === undefined ? undefined : `directive '${wrong.name}' would not read back`
}

function stateProblem(written: DurableState, expected: DurableState): string | undefined {
  const { masters: writtenMasters, ...writtenGlobals } = written
  const { masters, ...globals } = expected
  if (!isSame(writtenGlobals, globals)) return 'the global sentinel settings would not read back'
  const known = new Map(writtenMasters.map((master) => [master.name, master]))
  const wrong = masters.find((master) => !isSame(known.get(master.name), master))
  if (wrong !== undefined) return `the lines of master '${wrong.name}' would not read back`
  return known.size === masters.length ? undefined : 'a master would appear that this sentinel does not know'
}

/** The state that reading the file gives: epochs raise the current one, empty texts are not set, times are limited. */
function asRead(state: DurableState): DurableState {
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
      settings: settingsAsRead(master.settings),
      replicas: distinctReplicas(master).map((address) => ({ ...address, host: canonicalHost(address.host) })),
      sentinels: distinctPeers(master).map((peer) => ({ ...peer, host: canonicalHost(peer.host) })),
    })),
  }
}

function maximum(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
