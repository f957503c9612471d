/**
 * The text of a scenario with its transcript: a title, and blocks of commands with what came of them.
 *
 *     # A sentence: what this transcript shows.
 *
 *     deployment seed=1 replicas=3
 *     kill m
 *     until +switch-master by s1 within 10s
 *     ----
 *     m
 *       was killed
 *     s1
 *       +sdown master mymaster 10.0.1.1 6379
 *
 * A block ends with an empty line. Further lines with `#` are comments and belong to the block below them.
 */

export interface Block {
  readonly commands: readonly string[]
  /** Lines below `----`. */
  readonly output: readonly string[]
}

export interface Script {
  readonly title: string
  readonly blocks: readonly Block[]
}

const OUTPUT_BELOW = '----'

/** @throws Error when the text does not begin with a title or a block is incomplete. */
export function parseScript(path: string, text: string): Script {
  const [head = '', ...parts] = text.trimEnd().split(/\n{2,}/)
  const [, title] = /^# ([A-Z][^\n]*\.)$/.exec(head) ?? []
  if (title === undefined) throw new Error(`${path}: the first line must be "# " and a sentence, an empty line below it`)
  return { title, blocks: parts.map((part) => parseBlock(path, part.split('\n'))) }
}

function parseBlock(path: string, lines: readonly string[]): Block {
  const at = lines.indexOf(OUTPUT_BELOW)
  if (at < 1) throw new Error(`${path}: no commands, or no line "${OUTPUT_BELOW}" below them: ${lines.join(' / ')}`)
  return { commands: lines.slice(0, at), output: lines.slice(at + 1) }
}

export function scriptText({ title, blocks }: Script): string {
  const texts = blocks.map(({ commands, output }) => [...commands, OUTPUT_BELOW, ...output].join('\n'))
  return `${[`# ${title}`, ...texts].join('\n\n')}\n`
}
