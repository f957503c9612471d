/** Runs the `sentinel` lines, which were kept until all text had been read (config.md 2.8). */
import { lowerAscii } from '../text/index.ts'
import { configFailure, type Failure } from './failure.ts'
import type { LineRemark } from './loading.ts'
import type { Loading, SentinelLine } from './loading.ts'
import { emptyDraft, type SentinelDraft } from './sentinel-draft.ts'
import { SENTINEL_DIRECTIVES, type SentinelContext, type SentinelDirective } from './sentinel-directives.ts'

const GROUPS: readonly SentinelDirective['group'][] = ['global', 'monitor', 'master']

/** What the lines of the main file, its includes and the command line say. */
export type SentinelOutcome =
  | {
    readonly ok: true
    readonly draft: SentinelDraft
    /** The path of the last `state-config-file` line, as written; undefined without one. */
    readonly statePath: string | undefined
  }
  | { readonly ok: false, readonly failure: Failure }

export function runSentinelLines(loading: Loading): SentinelOutcome {
  const draft = emptyDraft()
  let statePath: string | undefined
  const failure = runLines(loading, loading.sentinelLines, {
    draft,
    stateFile: (path) => {
      if (path === '') return 'The path of the state config file is empty.'
      statePath = path
      return undefined
    },
    inherited: undefined,
  })
  return failure === undefined ? { ok: true, draft, statePath } : { ok: false, failure }
}

/** What differs between the main file and the state file. */
export type LineTarget = Pick<SentinelContext, 'draft' | 'stateFile' | 'inherited'>

/** Runs lines of one file in their groups; stops at the first that is refused. */
export function runLines(
  { environment, log, remarks }: Pick<Loading, 'environment' | 'log' | 'remarks'>, lines: readonly SentinelLine[],
  target: LineTarget,
): Failure | undefined {
  const resolveFailed = (host: string) => {
    log.push({ level: 'warning', text: `Failed to resolve hostname '${host}'` })
  }
  const queued = lines.map((line) => ({ line, directive: SENTINEL_DIRECTIVES.get(lowerAscii(line.words[0] ?? '')) }))
  for (const group of GROUPS) {
    for (const { line, directive } of queued) {
      // Unknown directives count as lines about masters, so they are refused in the last group.
      if ((directive?.group ?? 'master') !== group) continue
      const remark = (kind: LineRemark['kind']) => { remarks.push({ kind, line }) }
      const failure = runLine({ ...target, environment, resolveFailed, remark }, line, directive)
      if (failure !== undefined) return failure
    }
  }
  return undefined
}

function runLine(
  context: SentinelContext, { words, number, text, include }: SentinelLine, directive: SentinelDirective | undefined,
): Failure | undefined {
  const args = words.slice(1)
  const problem = directive?.counts.includes(args.length)
    ? directive.apply(context, args)
    : 'Unrecognized sentinel configuration statement.'
  if (problem === undefined) return undefined
  return configFailure(problem, { number, text, ...include === undefined ? {} : { include } })
}
