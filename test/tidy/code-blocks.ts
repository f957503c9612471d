/** The code in documents: fenced blocks, and commands in running text. */

export interface CodeBlock {
  /** The document. */
  readonly path: string
  /** Of the first line of code, from 1. */
  readonly line: number
  /** The word behind the fence; empty when there is none. */
  readonly language: string
  readonly code: string
}

export interface Command {
  readonly path: string
  readonly line: number
  /** Of one program, without a prompt and without what follows `&&`, `;`, `|` or `#`. */
  readonly words: readonly string[]
}

/** The fenced blocks of a document, in their order. */
export function codeBlocks(path: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { readonly language: string, readonly line: number, readonly lines: string[] } | undefined
  for (const [at, line] of text.split('\n').entries()) {
    const [, language] = /^```(.*)$/.exec(line) ?? []
    if (language === undefined) {
      open?.lines.push(line)
    } else if (open === undefined) {
      open = { language: language.trim(), line: at + 2, lines: [] }
    } else {
      blocks.push({ path, line: open.line, language: open.language, code: `${open.lines.join('\n')}\n` })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.line - 1}: the block has no end`)
  return blocks
}

/**
 * Commands that a reader may type: every line of `sh` blocks, lines with a prompt in blocks without a language, and
 * code in running text that begins with `npm run` or `ts-sentinel`.
 */
export function commands(path: string, text: string): Command[] {
  const inBlocks = codeBlocks(path, text).flatMap(({ language, line, code }) => (
    code.split('\n').flatMap((typed, at) => {
      const prompt = /^\$ (.*)$/.exec(typed)?.[1]
      const isTyped = language === 'sh' || (language === '' && prompt !== undefined)
      return isTyped ? split(path, line + at, prompt ?? typed) : []
    })
  ))
  return [...inBlocks, ...codeSpans(text).filter(({ code }) => /^(?:npm run|ts-sentinel) /.test(code))
    .flatMap(({ line, code }) => split(path, line, code))]
}

/** Code in running text, joined where it is broken over two lines. */
export function codeSpans(text: string): { readonly line: number, readonly code: string }[] {
  const withoutBlocks = text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''))
  return [...withoutBlocks.matchAll(/`([^`]+)`/g)].map((match) => ({
    line: withoutBlocks.slice(0, match.index).split('\n').length, code: (match[1] ?? '').replace(/\s+/g, ' '),
  }))
}

function split(path: string, line: number, typed: string): Command[] {
  return typed.replace(/(?:^|\s)#.*$/, '').split(/&&|[;|]/)
    .map((part) => ({ path, line, words: part.trim().split(/\s+/).filter((word) => word !== '') }))
    .filter(({ words }) => words.length > 0)
}
