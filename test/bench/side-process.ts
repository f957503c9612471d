import { fork, type ChildProcess } from 'node:child_process'

import type { Workspace } from '../../src/harness/index.ts'

/** A second process of a bench, so that what its work costs is not counted as what is measured. */
export class SideProcess<Order extends object, Report> {
  readonly #child: ChildProcess
  readonly #mark: string

  /** The program that calls it must begin with a call of `serveIfAsked` with the same mark. */
  constructor(workspace: Workspace, mark: string, args: readonly number[]) {
    this.#mark = mark
    const [, script = ''] = process.argv
    this.#child = fork(script, [mark, ...args.map(String)])
    if (this.#child.pid !== undefined) workspace.adopt(this.#child.pid)
  }

  order(order: Order): void {
    this.#child.send(order)
  }

  /** The next thing that it tells. Throws when it ends first. */
  report(): Promise<Report> {
    return new Promise((resolve, failed) => {
      const onExit = (code: number | null) => { failed(new Error(`the process ${this.#mark} ended with ${code}`)) }
      this.#child.once('error', failed)
      this.#child.once('exit', onExit)
      this.#child.once('message', (report: Report) => {
        this.#child.removeListener('error', failed)
        this.#child.removeListener('exit', onExit)
        resolve(report)
      })
    })
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }
}

/** In the process with this mark it does the work and never returns; it ends with the process that began it. */
export async function serveIfAsked(mark: string, work: (...args: number[]) => Promise<void>): Promise<void> {
  const [, , asked, ...args] = process.argv
  if (asked !== mark) return
  process.on('disconnect', () => { process.exit(0) })
  await work(...args.map(Number))
  await new Promise(() => undefined)
}
