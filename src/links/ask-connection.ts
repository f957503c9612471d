/** One connection of `SentinelAsker`: it logs in once, answers in order, and closes itself when it is idle. */
import type { Socket } from 'node:net'

import type { Reply } from '../core/index.ts'
import { encodeCommand } from './encode-command.ts'
import { CLOSED_BY_PEER, reasonOf } from './link-error.ts'
import { ReplyReader } from './reply-reader.ts'
import { openSocket, type SocketTarget } from './socket.ts'

export interface AskConnectionOptions {
  readonly target: SocketTarget
  readonly login: readonly string[] | undefined
  readonly clientName: string
  readonly idleMs: number
  /** Runs once, when the connection cannot be used any more. */
  readonly onClose: () => void
}

interface Question {
  missing: number
  readonly replies: Reply[]
  readonly resolve: (replies: readonly Reply[]) => void
  readonly reject: (reason: Error) => void
}

export class AskConnection {
  readonly #options: AskConnectionOptions
  readonly #socket: Socket | undefined
  readonly #questions: Question[] = []
  #failure: Error | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(options: AskConnectionOptions) {
    this.#options = options
    const reader = new ReplyReader((reply) => this.#take(reply))
    try {
      const socket = openSocket(options.target, (bytes) => {
        const problem = reader.read(bytes)
        if (problem !== undefined) this.fail(new Error(`the answer is not that of a sentinel: ${problem}`))
      })
      socket.on('error', (error) => { this.fail(new Error(reasonOf(error))) })
      socket.once('end', () => { this.fail(new Error(CLOSED_BY_PEER)) })
      socket.once('close', () => { this.fail(new Error(CLOSED_BY_PEER)) })
      this.#socket = socket
      this.#logIn()
    } catch (error) {
      this.fail(new Error(reasonOf(error)))
    }
  }

  /** Resolves with the replies to the commands, in order. */
  ask(commands: readonly (readonly string[])[]): Promise<readonly Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure)
      else if (commands.length === 0) resolve([])
      else this.#send(commands, { missing: commands.length, replies: [], resolve, reject })
    })
  }

  /** Closes the connection. Questions without an answer are rejected with this reason. */
  fail(reason: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = reason
    clearTimeout(this.#idle)
    this.#socket?.destroy()
    for (const { reject } of this.#questions.splice(0)) reject(reason)
    this.#options.onClose()
  }

  #logIn(): void {
    const { login, clientName } = this.#options
    if (login !== undefined) {
      this.ask([['AUTH', ...login]]).then(([reply]) => {
        if (reply?.kind === 'error') this.fail(new Error(`the login was refused: ${reply.text}`))
      }, () => undefined)
    }
    // The name is only for people; a user without the right to set it is refused, which changes nothing.
    this.ask([['CLIENT', 'SETNAME', clientName]]).catch(() => undefined)
  }

  #send(commands: readonly (readonly string[])[], question: Question): void {
    clearTimeout(this.#idle)
    this.#questions.push(question)
    this.#socket?.write(commands.map(encodeCommand).join(''), 'latin1')
  }

  /** Returns why the reply is wrong; undefined when it is right. */
  #take(reply: Reply): string | undefined {
    if (this.#failure !== undefined) return undefined
    const question = this.#questions[0]
    if (question === undefined) return reply.kind === 'error' ? reply.text : 'a reply to no command'
    question.replies.push(reply)
    question.missing -= 1
    if (question.missing > 0) return undefined
    this.#questions.shift()
    question.resolve(question.replies)
    if (this.#questions.length === 0) this.#waitForQuestions()
    return undefined
  }

  #waitForQuestions(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => { this.fail(new Error('idle')) }, this.#options.idleMs).unref()
  }
}
