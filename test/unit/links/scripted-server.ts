/** A TCP server in this process that says what the test tells it to, and remembers what it was told. */
import { createServer, type Server, type Socket } from 'node:net'

export interface ScriptedServer {
  readonly port: number
  /** Chunks as they arrived, over all connections, in order. */
  readonly received: readonly string[]
  readonly sockets: readonly Socket[]
  close(): Promise<void>
}

/** Listens on a port of the system's choice. `onData` runs for each chunk that comes in. */
export async function scriptedServer(options: {
  readonly host?: string
  readonly onConnect?: (socket: Socket) => void
  readonly onData?: (socket: Socket, text: string) => void
} = {}): Promise<ScriptedServer> {
  const received: string[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    // A reset by the other side is one of the things that are tested.
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      received.push(text)
      options.onData?.(socket, text)
    })
    options.onConnect?.(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, options.host ?? '127.0.0.1', resolve)
  })
  return { port: portOf(server), received, sockets, close: () => closeAll(server, sockets) }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the test server has no port')
  return address.port
}

async function closeAll(server: Server, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await new Promise<void>((resolve) => {
    server.close(() => { resolve() })
  })
}
