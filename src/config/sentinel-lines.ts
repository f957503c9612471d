/** Runs the `sentinel` lines, which were kept until all text had been read (config.md 2.8). */
import type { DurableState } from '../core/index.ts'
import { lowerAscii } from '../text/index.ts'
import { configFailure, type Failure } from './failure.ts'
import type { LineRemark } from './loading.ts'
import type { Loading, SentinelLine } from './loading.ts'
import { emptyDraft, finishDraft } from './sentinel-draft.ts'
import { SENTINEL_DIRECTIVES, type SentinelContext, type SentinelDirective } from './sentinel-directives.ts'

const GROUPS: readonly SentinelDirective['group'][] = ['global', 'monitor', 'master']

export type SentinelOutcome =
  | { readonly ok: true, readonly durable: DurableState }
  | { readonly ok: false, readonly failure: Failure }

export function runSentinelLines({ sentinelLines, environment, log, remarks }: Loading): SentinelOutcome {
  const resolveFailed = (host: string) => {
    log.push({ level: 'warning', text: `Failed to resolve hostname '${host}'` })
  }
  const draft = emptyDraft()
  const queued = sentinelLines.map((line) => ({
    line, directive: SENTINEL_DIRECTIVES.get(lowerAscii(line.words[0] ?? '')),
  }))
  for (const group of GROUPS) {
    for (const { line, directive } of queued) {
      // Unknown directives count as lines about masters, so they are refused in the last group.
      if ((directive?.group ?? 'master') !== group) continue
      const remark = (kind: LineRemark['kind']) => { remarks.push({ kind, line }) }
      const failure = runLine({ draft, environment, resolveFailed, remark }, line, directive)
      if (failure !== undefined) return { ok: false, failure }
    }
  }
  return { ok: true, durable: finishDraft(draft) }
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
