/** Sends one POST request within its time limit. It never throws. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

import { ANSWER_BYTES_MAX } from './limits.ts'
import type { LookupQueue } from './lookup.ts'

export type PostResult =
  | { readonly kind: 'accepted' }
  /** Another attempt would be refused too. */
  | { readonly kind: 'refused', readonly reason: string }
  /** Another attempt may succeed. */
  | { readonly kind: 'failed', readonly reason: string }

export interface PostOptions {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Sends requests to the URL of one webhook. Connections are kept for the next event. */
export class Poster {
  readonly #url: URL
  readonly #timeoutMs: number
  readonly #names: LookupQueue
  readonly #agent: HttpAgent | HttpsAgent

  constructor(url: string, timeoutMs: number, names: LookupQueue) {
    this.#url = new URL(url)
    this.#timeoutMs = timeoutMs
    this.#names = names
    const agent = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1 }
    this.#agent = this.#isTls ? new HttpsAgent(agent) : new HttpAgent(agent)
  }

  get #isTls(): boolean {
    return this.#url.protocol === 'https:'
  }

  post({ body, headers, signal }: PostOptions): Promise<PostResult> {
    return new Promise((resolve) => {
      const request = (this.#isTls ? httpsRequest : httpRequest)(this.#url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        agent: this.#agent,
        lookup: this.#names.lookup,
      })
      const abort = () => { request.destroy(new Error('the sentinel stops')) }
      const timer = setTimeout(() => {
        request.destroy(new Error(`no answer within ${this.#timeoutMs} ms`))
      }, this.#timeoutMs)
      const settle = (answer: PostResult) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        resolve(answer)
      }
      signal.addEventListener('abort', abort, { once: true })
      request.on('response', (response) => {
        drop(response)
        settle(verdict(response.statusCode ?? 0))
      })
      request.on('error', (error) => { settle({ kind: 'failed', reason: error.message }) })
      request.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Reads and ignores the response, so that its connection can be reused; a long response is cut. */
function drop(response: IncomingMessage): void {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) response.destroy()
  })
  response.on('error', () => undefined)
}

/** Redirects are not followed: they could lead to a server that the operator did not configure. */
function verdict(status: number): PostResult {
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  const reason = `status ${status}`
  const mayChange = status >= 500 || status === 408 || status === 425 || status === 429
  return { kind: mayChange ? 'failed' : 'refused', reason }
}
