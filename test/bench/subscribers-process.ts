/** Many subscribers in a process of their own, so that what receiving costs does not hold up what is measured. */
import { connect, type Socket } from 'node:net'
import type { Workspace } from '../../src/harness/index.ts'
import { serveIfAsked, SideProcess } from './side-process.ts'

/** First argument of a bench when it is the process of the subscribers. */
const MARK = '--subscribers'

/** All of them have something to read in one turn at most: no need for more than one read each. */
const READ_BYTES = 4096

/** From the process of the subscribers: all are subscribed, or the last of them was told at this time. */
type Report = 'subscribed' | { readonly toldAt: number }

/** Milliseconds on a clock that all processes of a machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export class SubscribersProcess {
  readonly #side: SideProcess<never, Report>

  private constructor(side: SideProcess<never, Report>) {
    this.#side = side
  }

  /** Resolves when all are subscribed. The program that calls it must begin with `subscribeIfAsked`. */
  static async start(workspace: Workspace, count: number, port: number): Promise<SubscribersProcess> {
    const side = new SideProcess<never, Report>(workspace, MARK, [count, port])
    await side.report()
    return new SubscribersProcess(side)
  }

  /** When the last of them has the next event, by `sharedNow`. */
  async lastTold(): Promise<number> {
    const report = await this.#side.report()
    if (report === 'subscribed') throw new Error('the subscribers reported twice that they are there')
    return report.toldAt
  }

  stop(): Promise<void> {
    return this.#side.stop()
  }
}

/** In the process of the subscribers it never returns. */
export function subscribeIfAsked(): Promise<void> {
  return serveIfAsked(MARK, async (count = 0, port = 0) => {
    const report = (what: Report) => process.send?.(what)
    let left = 0
    const onData = () => {
      left -= 1
      if (left > 0) return
      const toldAt = sharedNow()
      left = count
      report({ toldAt })
    }
    const sockets: Socket[] = []
    for (let at = 0; at < count; at += 1) sockets.push(await subscriber(port, onData))
    left = count
    report('subscribed')
  })
}

/** Resolves when the subscription is confirmed; `onData` is told of everything after that. */
function subscriber(port: number, onData: () => void): Promise<Socket> {
  return new Promise((resolve, failed) => {
    let isSubscribed = false
    const callback = () => {
      if (isSubscribed) onData()
      else resolve(socket)
      isSubscribed = true
      return true
    }
    // `onread` is the lightest way that Node has to read.
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer: SHARED_BUFFER, callback } }, () => {
      socket.write('SUBSCRIBE +set\r\n')
    })
    socket.once('error', failed)
  })
}

/** What was read is only counted. */
const SHARED_BUFFER = Buffer.alloc(READ_BYTES)
