/**
 * The text of the file that saves write, as this program knows it. A save keeps comments and unknown lines that another
 * program has written since, but writes its own values into all other lines: an edit that was not read again is lost
 * then, as with the original. Here it is at least noticed.
 */
import { splitWords } from '../text/index.ts'
import { isIgnoredLine, trimLine } from './text-lines.ts'

export class KnownText {
  #last: string | undefined
  #writing: string | undefined
  /** An edit that is in use. */
  #accepted: string | undefined
  /** What a failed save has written, perhaps. */
  #failed: string | undefined

  /** Byte text, as all texts here. Undefined: unknown, so the first save notices no edit. */
  constructor(text: string | undefined) {
    this.#last = text
  }

  /** What was read or written last; undefined as long as that is unknown. */
  get last(): string | undefined {
    return this.#last
  }

  /** Whether the file with this text has no edit of another program. */
  isOwn(text: string): boolean {
    return [this.#last, this.#writing, this.#accepted, this.#failed].includes(text)
  }

  /** The edit was read from the file and is in use; undefined: it is not after all. */
  accept(text: string | undefined): void {
    this.#accepted = text
  }

  /** A save of this text begins. */
  writing(text: string): void {
    this.#writing = text
  }

  /** The save has ended. Returns the first words of lines of other programs that it has overwritten. */
  written(text: string, { found, isDone }: { readonly found: string | undefined, readonly isDone: boolean }): string[] {
    this.#writing = undefined
    if (!isDone) {
      this.#failed = text
      return []
    }
    const { last } = this
    const isEdited = last !== undefined && found !== undefined && !this.isOwn(found)
    this.#last = text
    this.#failed = undefined
    this.#accepted = undefined
    return isEdited ? overwritten({ last, found, text }) : []
  }
}

interface Texts {
  readonly last: string
  /** What the save found in the file. */
  readonly found: string
  readonly text: string
}

/** Lines that were added and are gone again, and lines that were removed and are back. */
function overwritten({ last, found, text }: Texts): string[] {
  const [before, edited, now] = [linesOf(last), linesOf(found), linesOf(text)]
  const lost = [...edited].filter((line) => !before.has(line) && !now.has(line))
  const returned = [...before].filter((line) => !edited.has(line) && now.has(line))
  return [...new Set([...lost, ...returned].map(firstWords))]
}

function linesOf(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').map(trimLine).filter((line) => !isIgnoredLine(line)))
}

/** The directive and, of a line about a master, its name. What follows may be a password. */
function firstWords(line: string): string {
  const words = splitWords(line) ?? []
  const isSentinel = words[0]?.toLowerCase() === 'sentinel'
  return words.slice(0, !isSentinel ? 1 : words.length > 3 ? 3 : 2).join(' ')
}
