import { connect, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Where an application connects, and how. */
export interface AppEndpoint {
  readonly host: string
  readonly port: number
  readonly password?: string
  /** Answers the lookup of `host`. Default: the system. */
  readonly lookup?: LookupFunction
  readonly tls?: { readonly ca: string, readonly cert: string, readonly key: string }
}

/**
 * One connection of an application, with nothing between it and the socket: no reconnecting, no retries, and the errors
 * of the system as they are.
 */
export class AppClient {
  readonly #socket: Socket
  #text = ''
  #onText: () => void = () => undefined
  #problem: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#text += text
      this.#onText()
    })
    socket.on('error', (error: Error & { readonly code?: string }) => { this.#fail(error.code ?? error.message) })
    socket.on('close', () => { this.#fail('closed') })
  }

  /** Connects and logs in. @throws Error with the code of the system, the reply of the server, or "no answer" */
  static async open(endpoint: AppEndpoint, limitMs: number): Promise<AppClient> {
    const { tls, password, ...target } = endpoint
    const client = new AppClient(tls === undefined ? connect(target) : connectTls({ ...target, ...tls }))
    try {
      // The first reply includes the time of the connection.
      await client.ask(password === undefined ? ['PING'] : ['AUTH', password], limitMs)
      return client
    } catch (error) {
      client.close()
      throw error
    }
  }

  /** Sends a command and returns the first line of its reply. @throws Error for an error reply or no reply in time */
  async ask(command: readonly string[], limitMs: number): Promise<string> {
    if (this.#problem !== undefined) throw this.#problem
    this.#socket.write(`*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`)
    const line = await this.#line(limitMs)
    if (line.startsWith('-')) throw new Error(line.slice(1))
    return line
  }

  close(): void {
    this.#socket.destroy()
  }

  #line(limitMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => { this.#fail(`no answer in ${limitMs} ms`) }, limitMs)
      const look = (): void => {
        const end = this.#text.indexOf('\r\n')
        if (end < 0 && this.#problem === undefined) return
        clearTimeout(timer)
        this.#onText = () => undefined
        if (end < 0) reject(this.#problem ?? new Error('closed'))
        else {
          resolve(this.#text.slice(0, end))
          this.#text = ''
        }
      }
      this.#onText = look
      look()
    })
  }

  #fail(problem: string): void {
    this.#problem ??= new Error(problem)
    this.#onText()
  }
}
