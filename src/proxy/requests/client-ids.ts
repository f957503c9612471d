/** The ids of clients of the proxy. Pure. */

/** Ids that one process gives. */
const IDS_OF_PROCESS = 2 ** 32

/** Below it are the ids of servers, which count their connections from 1. */
const FIRST_ID = 2 ** 40

/** Ids that no server gives, so that a command with an id says whose client it means. */
export class ClientIds {
  readonly #first: number
  #last: number

  /** `process`: the number of this process, from 0; no other of the same proxy has it, and none had it before. */
  constructor(process: number) {
    this.#first = FIRST_ID + process * IDS_OF_PROCESS
    this.#last = this.#first
  }

  next(): number {
    this.#last += 1
    return this.#last
  }

  /** Whether the id is of this process. */
  isOwn(id: number): boolean {
    return id > this.#first && id <= this.#first + IDS_OF_PROCESS
  }
}

/** The id of a client of the proxy that a word of a request is; undefined: it is none. */
export function clientIdOf(word: string | undefined): number | undefined {
  return word !== undefined && /^\d{13,16}$/.test(word) && Number(word) >= FIRST_ID ? Number(word) : undefined
}
