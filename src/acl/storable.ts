import { mergeSelectors } from './merge-selectors.ts'
import { UNSTORABLE_SELECTOR } from './reasons.ts'
import type { RulesProblem } from './rules-problem.ts'
import { splitAtBlanks } from './words.ts'

/**
 * Why rules are refused although they can be applied: a file with them would not load. A line of an ACL file is split
 * at its blanks, and the first word that ends with a parenthesis ends the selector. The original accepts such rules,
 * replies OK to a save and cannot start from that file.
 */
export function storageProblem(words: readonly string[]): RulesProblem | undefined {
  const merged = mergeSelectors(words)
  if (!merged.ok) return undefined
  const index = merged.rules.findIndex((rule) => rule.startsWith('(') && !canBeSplit(splitAtBlanks(rule.slice(1, -1))))
  const rule = merged.rules[index]
  return rule === undefined ? undefined : { kind: 'rule', rule, index, reason: UNSTORABLE_SELECTOR }
}

/**
 * The words of a line for this selector: a single one, which has to be quoted, where several would not be joined again.
 */
export function selectorLineWords(rules: readonly string[]): readonly string[] {
  const text = `(${rules.join(' ')})`
  return canBeSplit(rules) ? text.split(' ') : [text]
}

function canBeSplit(rules: readonly string[]): boolean {
  return !rules.some((rule) => rule.endsWith(')'))
}
