/**
 * Constructions that the texts of the project do not use. A small part of the rules in CONTRIBUTING.md, "Style". It
 * reads no files, so that it can be tested.
 */
import ts from 'typescript'

export interface Banned {
  readonly name: string
  readonly pattern: RegExp
}

/** Of documents, the manual page, example files, and of string literals in src: everything that a user may read. */
export const BANNED_FOR_USERS: readonly Banned[] = [
  { name: 'a duration with "since": write "for"', pattern: /\bsince (?:…|[\d.]+ ?(?:ms|s|min|h|seconds?|minutes?|hours?)\b)/ },
  { name: 'an indefinite person: name the client, node or sentinel', pattern: /\b(?:some|no|every)body\b|\bwhoever\b|\bwhom\b/i },
  // Beside a blank: the same word alone is an identifier.
  { name: 'a verb of speech: write "answered", "logged", "announced"', pattern: besideBlank('said|told|heard|hears') },
  { name: 'a thing that stands: write "is"', pattern: besideBlank('stands|stood') },
]

function besideBlank(words: string): RegExp {
  return new RegExp(`(?<=\\s)(?:${words})\\b|\\b(?:${words})(?=\\s)`, 'i')
}

/** What is right all the same, with the reason. `text` is a part of the line. */
export const ALLOWED: readonly { readonly path: string, readonly text: string, readonly reason: string }[] = [
  {
    path: 'src/commands/dispatch.ts', text: 'It looks like somebody is sending POST or Host: commands to Redis',
    reason: 'a log line of the original',
  },
  { path: 'CONTRIBUTING.md', text: '"somebody" or "nobody"', reason: 'names the rule' },
  { path: 'docs/decisions/0004-persistence-barrier.md', text: '"promotion told before saved"', reason: 'names a planted defect' },
  { path: 'docs/decisions/0005-turns-of-candidates.md', text: '"voter stands at once"', reason: 'names a planted defect' },
  { path: 'docs/decisions/0042-votes-that-are-on-no-disk.md', text: '"a vote that could not be saved is told"', reason: 'names a planted defect' },
]

export interface Found {
  readonly path: string
  readonly line: number
  readonly name: string
}

/** Banned constructions in the lines of a document. */
export function bannedInDocument(path: string, text: string): Found[] {
  return text.split('\n').flatMap((line, at) => bannedInText(path, line, at + 1))
}

/** Banned constructions in the string literals of a source file; comments are not looked at. */
export function bannedInLiterals(path: string, text: string): Found[] {
  if (!/\bsince\b|body\b|whoever|whom|\b(?:said|told|heard|hears|stands|stood)\b/i.test(text)) return []
  return literalsOf(path, text).flatMap(({ value, line }) => bannedInText(path, value, line))
}

function bannedInText(path: string, text: string, line: number): Found[] {
  if (ALLOWED.some((one) => one.path === path && text.includes(one.text))) return []
  return BANNED_FOR_USERS.filter(({ pattern }) => pattern.test(text)).map(({ name }) => ({ path, line, name }))
}

interface Literal {
  readonly value: string
  readonly line: number
}

function literalsOf(path: string, text: string): Literal[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
  const found: Literal[] = []
  const visit = (node: ts.Node): void => {
    const value = literalText(node)
    if (value !== undefined) found.push({ value, line: lineOf(file, node) })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** The text of a literal or a template, with `…` in the place of each value. */
export function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
}

export function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
}
