/**
 * Many data nodes in one small process: a master and a replica for each group, all on one port, each with a loopback
 * address of its own. They answer what sentinels ask, pass hellos on, and change roles when told to.
 */
import { createHash } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { takeCommand } from '../integration/support/take-command.ts'

interface Node {
  readonly ip: string
  readonly runId: string
  masterIp: string | undefined
  isDead: boolean
  /** The other one of its group. */
  partner: Node | undefined
  readonly sockets: Set<Socket>
  readonly subscribers: Set<Socket>
}

interface Conversation {
  readonly node: Node
  readonly socket: Socket
  /** Commands after MULTI. */
  queued: string[][] | undefined
}

const HELLO = '__sentinel__:hello'

/** Address of the node: groups from 0 on, node 0 starts as the master of node 1. */
export function nodeAddress(group: number, node: 0 | 1): string {
  return `127.${10 + node}.${Math.floor(group / 250)}.${1 + group % 250}`
}

export class ModelledNodes {
  readonly #nodes = new Map<string, Node>()
  readonly #server: Server
  readonly #port: number
  /** Text of a real INFO: what stands before and after its replication section. */
  readonly #info: readonly [string, string]

  private constructor(groups: number, port: number, info: string) {
    this.#port = port
    this.#info = aroundReplication(info)
    for (let group = 0; group < groups; group += 1) {
      const master = this.#add(nodeAddress(group, 0), undefined)
      const replica = this.#add(nodeAddress(group, 1), master.ip)
      master.partner = replica
      replica.partner = master
    }
    this.#server = createServer((socket) => { this.#accept(socket) })
  }

  /** @param info what INFO of a real redis-server says: the modelled ones say as much */
  static async listen(groups: number, port: number, info: string): Promise<ModelledNodes> {
    const nodes = new ModelledNodes(groups, port, info)
    await new Promise<void>((resolve) => { nodes.#server.listen({ port, host: '0.0.0.0', backlog: 4096 }, resolve) })
    return nodes
  }

  /** The first `groups` masters end: open connections are lost, new ones are closed at once. */
  killMasters(groups: number): void {
    for (let group = 0; group < groups; group += 1) {
      const node = this.#nodes.get(nodeAddress(group, 0))
      if (node === undefined) throw new Error(`there is no group ${group}`)
      node.isDead = true
      for (const socket of node.sockets) socket.destroy()
    }
  }

  #add(ip: string, masterIp: string | undefined): Node {
    const runId = createHash('sha1').update(ip).digest('hex')
    const node: Node = {
      ip, runId, masterIp, partner: undefined, isDead: false, sockets: new Set(), subscribers: new Set(),
    }
    this.#nodes.set(ip, node)
    return node
  }

  #accept(socket: Socket): void {
    const node = this.#nodes.get(socket.localAddress ?? '')
    if (node === undefined || node.isDead) {
      socket.destroy()
      return
    }
    node.sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      node.sockets.delete(socket)
      node.subscribers.delete(socket)
    })
    const conversation: Conversation = { node, socket, queued: undefined }
    let rest = ''
    socket.on('data', (bytes) => {
      rest += bytes.toString('latin1')
      let out = ''
      for (let taken = takeCommand(rest); taken !== undefined; taken = takeCommand(rest)) {
        rest = taken.rest
        out += this.#receive(conversation, taken.command)
      }
      if (out !== '' && !socket.destroyed) socket.write(out, 'latin1')
    })
  }

  #receive(conversation: Conversation, command: string[]): string {
    const { node, socket, queued } = conversation
    const name = (command[0] ?? '').toUpperCase()
    if (name === 'MULTI') {
      conversation.queued = []
      return '+OK\r\n'
    }
    if (queued === undefined) return this.#answer(node, socket, command)
    if (name === 'EXEC') {
      conversation.queued = undefined
      return `*${queued.length}\r\n${queued.map((one) => this.#answer(node, socket, one)).join('')}`
    }
    queued.push(command)
    return '+QUEUED\r\n'
  }

  #answer(node: Node, socket: Socket, [name = '', first = '', second = '']: readonly string[]): string {
    switch (name.toUpperCase()) {
      case 'PING': return '+PONG\r\n'
      case 'INFO': return bulk(this.#infoOf(node))
      case 'PUBLISH': return this.#publish(node, second)
      case 'SUBSCRIBE':
        node.subscribers.add(socket)
        return `*3\r\n$9\r\nsubscribe\r\n${bulk(HELLO)}:1\r\n`
      case 'SLAVEOF':
      case 'REPLICAOF':
        node.masterIp = first.toUpperCase() === 'NO' ? undefined : first
        return '+OK\r\n'
      default: return '+OK\r\n'
    }
  }

  #publish(node: Node, text: string): string {
    const message = `*3\r\n$7\r\nmessage\r\n${bulk(HELLO)}${bulk(text)}`
    for (const subscriber of node.subscribers) subscriber.write(message, 'latin1')
    return `:${node.subscribers.size}\r\n`
  }

  #infoOf(node: Node): string {
    const [before, after] = this.#info
    return `${before.replace(/run_id:\w+/, `run_id:${node.runId}`)}${this.#replication(node)}${after}`
  }

  #replication({ ip, masterIp, partner }: Node): string {
    if (masterIp !== undefined) {
      const link = partner?.isDead === false && partner.ip === masterIp ? 'up' : 'down'
      return [
        'role:slave', `master_host:${masterIp}`, `master_port:${this.#port}`, `master_link_status:${link}`,
        'master_last_io_seconds_ago:0', 'master_sync_in_progress:0', 'slave_read_repl_offset:1000',
        'slave_repl_offset:1000', 'slave_priority:100', 'slave_read_only:1', 'replica_announced:1', 'connected_slaves:0', '',
      ].join('\r\n')
    }
    const replica = partner?.masterIp === ip && !partner.isDead ? partner : undefined
    const lines = replica === undefined ? [] : [`slave0:ip=${replica.ip},port=${this.#port},state=online,offset=1000,lag=0`]
    return ['role:master', `connected_slaves:${lines.length}`, ...lines, 'master_repl_offset:1000', ''].join('\r\n')
  }
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`
}

function aroundReplication(info: string): [string, string] {
  const title = '# Replication\r\n'
  const from = info.indexOf(title) + title.length
  const to = info.indexOf('\r\n# ', from)
  return [info.slice(0, from), info.slice(to === -1 ? info.length : to)]
}
