/**
 * What titles of tests must be: sentences (CONTRIBUTING.md, "Style"). The titles of `describe` name the subject, that
 * of `it` continues them. It reads no files, so that it can be tested.
 */
import ts from 'typescript'

import { lineOf, literalText, type Found } from './language.ts'

/** The title of one call of `describe`, `it`, `test` or `scenario`. */
export interface Title {
  /** Titles of the `describe` calls around it, the outermost first. */
  readonly subjects: readonly string[]
  readonly text: string
  readonly isSubject: boolean
  readonly line: number
}

/** A code of a ticket at the beginning of a title, such as `A9` or `B3:`. Quirks of the original (Q3) have numbers. */
const TICKET_CODE = /^[A-FL]\d{1,2}\b/

/** Persons without a name, and what only persons do: a program logs, reports, prints, sends or receives. */
const PERSON = /\b(?:some|no|every|any)body\b|\bwhoever\b|\bwhom\b|\b(?:tells?|told|says?|said|stands?|stood)\b/i

const WORDS_MIN = 3

const AUXILIARY = /\b(?:is|are|was|were|has|have|had|may|can|cannot|must|does|do|did|will)\b/i

/**
 * Verbs in their base forms. A title without an auxiliary needs one of them. Some are nouns as well ("names"), so that
 * not every fragment is found. Add the verb of a new sentence that is not here.
 */
const VERBS: ReadonlySet<string> = new Set((
  'accept add admit adopt advise agree allow answer append apply arm ask authenticate average become begin belong break '
  + 'cancel carry cause change check clean close combine come compare confirm connect contain continue copy correct cost '
  + 'count cover crash cut delay deliver deny describe detect differ disconnect distinguish disturb drop end enter escape '
  + 'exist expire explain fail fill find fire fit follow forget format get give go guard handle happen hold identify ignore '
  + 'include isolate jump keep kill lead leave let limit list listen live load log look lose make mark match mean measure '
  + 'miss monitor move mute name narrate need normalise notice notify number offer omit open order parse pass pause perform '
  + 'prefer prevent print process promote provide publish put quote raise rank reach react read receive recognise reconfigure '
  + 'reconnect record reduce refer refuse reject release remember remove render repeat replace report request require resend '
  + 'reset resolve restore resume retry return rewrite round run save search see select send separate serve set share show '
  + 'shrink sign silence skip sort split start stay stop store succeed support survive switch sync take test throw time '
  + 'tolerate translate treat try turn use validate verify vote wait warn win work write'
).split(' '))

/** What is right all the same, with the reason. `title` is the title of `it` alone. */
export const ALLOWED_TITLES: readonly { readonly path: string, readonly title: string, readonly reason: string }[] = [
  {
    path: 'test/scenarios/transcripts.test.ts', title: '… (…)',
    reason: 'the first line of each transcript, which the parser requires to be a sentence',
  },
  { path: 'test/unit/core/selection.test.ts', title: '%s', reason: 'each row has a sentence' },
  { path: 'test/unit/http/time-limits.test.ts', title: '%s', reason: 'each row has a sentence' },
]

/** Titles that have a ticket code, name persons, or are no sentence together with those around them. */
export function badTitles(path: string, source: string): Found[] {
  return titlesIn(path, source).flatMap((title) => problemsOf(path, title)
    .map((problem) => ({ path, line: title.line, name: `${problem} in the title "${[...title.subjects, title.text].join(' > ')}"` })))
}

/** Titles that are literals or templates; `…` is in the place of a value. */
export function titlesIn(path: string, source: string): Title[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest)
  const found: Title[] = []
  const visit = (node: ts.Node, subjects: readonly string[]): void => {
    const title = ts.isCallExpression(node) ? titleOf(file, node, subjects) : undefined
    if (title !== undefined) found.push(title)
    const inner = title?.isSubject === true ? [...subjects, title.text] : subjects
    ts.forEachChild(node, (child) => { visit(child, inner) })
  }
  visit(file, [])
  return found
}

/** `it`, `it.each(rows)`, `describe.runIf(isLinux)`, `scenario`. */
const TITLED = /^(describe|it|test|scenario)\b/

function titleOf(file: ts.SourceFile, call: ts.CallExpression, subjects: readonly string[]): Title | undefined {
  const [first] = call.arguments
  const text = first === undefined ? undefined : literalText(first)
  if (first === undefined || text === undefined) return undefined
  const kind = TITLED.exec(call.expression.getText(file))?.[1]
  return kind === undefined ? undefined : { subjects, text, isSubject: kind === 'describe', line: lineOf(file, first) }
}

function problemsOf(path: string, { subjects, text, isSubject }: Title): string[] {
  const problems = []
  if (TICKET_CODE.test(text)) problems.push('a ticket code')
  if (PERSON.test(text)) problems.push('a person, or what only persons do,')
  if (isSubject || ALLOWED_TITLES.some((one) => one.path === path && one.title === text)) return problems
  if (wordsOf([...subjects, text].join(' ')).length < WORDS_MIN) problems.push(`fewer than ${WORDS_MIN} words`)
  if (!AUXILIARY.test(text) && !wordsOf(text).some(isVerb)) problems.push('no verb')
  return problems
}

/** Words and the places of values (`%s`, `$name`, `…`). */
function wordsOf(text: string): string[] {
  return text.split(/[\s,;:()]+/).filter((word) => /^[a-z0-9%$…]/i.test(word))
}

/** `keep`, `keeps`, `passes`, `carries`. */
function isVerb(word: string): boolean {
  return [word, word.replace(/s$/, ''), word.replace(/es$/, ''), word.replace(/ies$/, 'y')].some((form) => VERBS.has(form))
}
