/**
 * The program as text within the file that runs it: a comment, which Node passes over in no time, while it would look
 * at code even if the code cache has it ready.
 */
export interface ProgramPlace {
  /** First byte and the byte behind the last, in the file. */
  readonly from: number
  readonly to: number
  /** Lines before it, so that stack traces name the lines of the file. */
  readonly lines: number
  /** Changes when the text does. */
  readonly id: string
}

/** The function around the program. `url` is that of the file, which a script cannot ask for. */
export type Program = (require: (name: string) => object, url: string) => void

/** The program as V8 compiles it; `program` is a CommonJS bundle. */
export function wrapProgram(program: string): string {
  return `((require, programUrl) => {${program}\n})`
}

const END = '*/'
const HIDDEN_END = '*\\//'

/** The text as it can stand in a comment. @throws Error when it cannot be found again in it */
export function hideProgram(program: string): string {
  if (program.includes(HIDDEN_END)) throw new Error(`the program contains ${HIDDEN_END}`)
  return program.replaceAll(END, HIDDEN_END)
}

/** `file` has one character for each byte. V8 keeps a text of ASCII alone in half the memory, and reads it faster. */
export function readProgram(file: string, { from, to }: ProgramPlace): string {
  const bytes = file.slice(from, to)

  const text = /[^\0-\x7f]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes
  return text.replaceAll(HIDDEN_END, END)
}
