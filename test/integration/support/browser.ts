/** A headless Chromium, driven over its debugging pipe: enough to look at one page as a person would. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

import { eventually, notYet } from '../../../src/harness/index.ts'

/** One command to the browser may take so long. */
const COMMAND_MS = 15_000

interface Message {
  readonly id?: number
  readonly method?: string
  readonly sessionId?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

interface Targets {
  readonly targetInfos: readonly { readonly targetId: string, readonly type: string }[]
}

interface Evaluated {
  readonly result: { readonly value?: unknown }
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string }, readonly text: string }
}

export interface Look {
  readonly width: number
  readonly height: number
  readonly scheme: 'light' | 'dark'
}

export class Browser {
  /** Errors that the page wrote on its console, and exceptions that nobody caught. */
  readonly errors: string[] = []
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #input: Writable
  readonly #pending = new Map<number, Pending>()
  #session: string | undefined
  #lastId = 0
  #text = ''

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    const [, , , input, output] = child.stdio
    this.#input = input as Writable
    this.#input.on('error', () => undefined)
    ;(output as Readable).on('data', (chunk: Buffer) => { this.#read(chunk.toString()) })
  }

  static async open(program: string): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'browser-'))
    // It keeps sockets in the temporary folder and has processes of its own; all of that goes with it.
    const child = spawn(program, [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--hide-scrollbars',
      '--disable-extensions', '--disable-background-networking', '--remote-debugging-pipe', `--user-data-dir=${folder}`,
      'about:blank',
    ], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, TMPDIR: folder },
    })
    const browser = new Browser(child, folder)
    try {
      await browser.#attach()
    } catch (error) {
      await browser.close()
      throw error
    }
    return browser
  }

  async #attach(): Promise<void> {
    const { targetInfos } = await this.#send('Target.getTargets') as Targets
    const page = targetInfos.find(({ type }) => type === 'page')
    const attached = await this.#send('Target.attachToTarget', { targetId: page?.targetId, flatten: true })
    this.#session = (attached as { sessionId: string }).sessionId
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.#send(`${domain}.enable`)
  }

  async look({ width, height, scheme }: Look): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
    await this.#send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  }

  async goTo(url: string): Promise<void> {
    await this.#send('Page.navigate', { url })
  }

  /** The value of an expression in the page, as JSON can carry it. */
  async evaluate(expression: string): Promise<unknown> {
    const options = { expression, returnByValue: true, awaitPromise: true }
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', options) as Evaluated
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    }
    return result.value
  }

  /** What can be read in the page, or in one element of it. */
  async text(selector = 'body'): Promise<string> {
    return String(await this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`))
  }

  /** Waits until this can be read there. */
  async reads(selector: string, pattern: RegExp, timeoutMs = 15_000): Promise<string> {
    return eventually(`${selector} to read ${pattern.source}`, async () => {
      const text = await this.text(selector)
      if (!pattern.test(text)) throw notYet(text)
      return text
    }, { timeoutMs })
  }

  /** PNG of what is seen. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { format: 'png' }) as { data: string }
    return Buffer.from(data, 'base64')
  }

  async press(key: string, code: string, keyCode: number): Promise<void> {
    const event = { key, code, windowsVirtualKeyCode: keyCode, ...key === 'Enter' ? { text: '\r' } : {} }
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
  }

  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const gone = once(this.#child, 'close')
      process.kill(-pid, 'SIGKILL')
      await gone
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  #send(method: string, params: object = {}): Promise<unknown> {
    this.#lastId += 1
    const id = this.#lastId
    const sessionId = this.#session === undefined ? {} : { sessionId: this.#session }
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#pending.delete(id)
        reject(new Error(`the browser did not answer ${method} within ${COMMAND_MS} ms`))
      }, COMMAND_MS)
      const settled = <Value>(settle: (value: Value) => void) => (value: Value) => {
        clearTimeout(limit)
        settle(value)
      }
      this.#pending.set(id, { resolve: settled(resolve), reject: settled(reject) })
      this.#input.write(`${JSON.stringify({ id, method, params, ...sessionId })}\0`)
    })
  }

  #read(chunk: string): void {
    const messages = (this.#text + chunk).split('\0')
    this.#text = messages.pop() ?? ''
    for (const message of messages) this.#take(JSON.parse(message) as Message)
  }

  #take({ id, method, params, result, error }: Message): void {
    if (id !== undefined) {
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      if (error === undefined) pending?.resolve(result)
      else pending?.reject(new Error(error.message))
      return
    }
    const text = JSON.stringify(params)
    if (method === 'Runtime.exceptionThrown') this.errors.push(text)
    if (method === 'Runtime.consoleAPICalled' && /"type":"(error|warning|assert)"/.test(text)) this.errors.push(text)
    if (method === 'Log.entryAdded' && /"level":"(error|warning)"/.test(text)) this.errors.push(text)
  }
}
