/** Lines that load but should be changed: the log names them at the start, and `ts-sentinel check` reports them. */
import { EPOCH_FREE_MAX } from '../core/index.ts'
import { count } from '../text/index.ts'
import type { LineRemark, LogLine } from './loading.ts'

/** True when other sentinels do not accept this epoch (docs/decisions/0012-plausible-epochs.md). */
export function isExhausted(epoch: bigint): boolean {
  return epoch > EPOCH_FREE_MAX
}

export interface RemarkWords {
  readonly what: string
  readonly todo: string
}

/** The problem of a line of this kind, and what to do about it. */
export function remarkWords({ kind, line }: LineRemark): RemarkWords {
  switch (kind) {
    case 'repeated-line':
      return {
        what: 'the line repeats an earlier one: redis-sentinel does not start with such a file, and ts-sentinel ignores the repetition',
        todo: 'remove the line while the sentinel is stopped',
      }
    case 'exhausted-epoch':
      return {
        what: `the epoch in \`sentinel ${line.words.join(' ')}\` is too high (at most ${EPOCH_FREE_MAX}): other`
          + ' sentinels do not accept it, so no failover is possible',
        todo: 'stop all sentinels, set current-epoch, and config-epoch and leader-epoch of each master, to 1 in every file, and start'
          + ' them again',
      }
  }
}

/** One line of the log for each kind. It names the first line and counts the others. */
export function remarkLines(remarks: readonly LineRemark[], configFile: string): LogLine[] {
  return [...new Set(remarks.map(({ kind }) => kind))].flatMap((kind) => {
    const [first, ...others] = remarks.filter((remark) => remark.kind === kind)
    if (first === undefined) return []
    const more = others.length === 0 ? '' : ` (and ${count(others.length, 'more line')})`
    const { what, todo } = remarkWords(first)
    return [{ level: 'warning', text: `${first.line.include ?? configFile}:${first.line.number}${more}: ${what}. To do: ${todo}.` }]
  })
}
