/** A client of modelled nodes for the simulator's own tests. */
import type { Reply } from '../../../src/core/index.ts'
import { Host } from '../../simulator/host.ts'
import type { Cluster } from '../../simulator/index.ts'

export interface SimClient {
  readonly isClosed: boolean
  readonly messages: readonly string[]
  send(...argv: string[]): void
  /** Sends and runs the simulation until the answer is there. */
  call(...argv: string[]): Promise<Reply>
}

let clients = 0

export function connectTo(cluster: Cluster, node: string): SimClient {
  clients += 1
  const host = new Host({ name: `c${clients}`, ip: `10.1.0.${clients}`, queue: cluster.queue })
  cluster.network.add(host)
  const replies: Reply[] = []
  const messages: string[] = []
  let isClosed = false
  const endpoint = cluster.network.connect(host.begin(), { ip: cluster.ipOf(node), port: 6379 }, {
    received: (frame) => {
      if (frame.kind === 'reply') replies.push(frame.reply)
      if (frame.kind === 'message') messages.push(frame.payload)
    },
    closed: () => { isClosed = true },
  })
  return {
    get isClosed() { return isClosed },
    messages,
    send: (...argv) => { endpoint.send({ kind: 'command', argv }) },
    call: async (...argv) => {
      replies.length = 0
      endpoint.send({ kind: 'command', argv })
      await cluster.until(`an answer to ${argv.join(' ')}`, () => replies.length > 0, 5000)
      const [reply] = replies
      if (reply === undefined) throw new Error('unreachable')
      return reply
    },
  }
}
