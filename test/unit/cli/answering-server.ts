/** A server that knows some requests and refuses the others in the words of a test. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** By request in upper case, as many words of it as decide. */
export type Answers = Readonly<Record<string, Value>>
/** A text that begins with a minus is an error reply, null a null reply. */
export type Value = string | null | readonly Value[]

/** In the place of an answer: the server closes the connection. */
export const DIES = '-dies'

let servers: Server[] = []

/** Listens and answers, after a delay in milliseconds; resolves with the port. */
export async function answeringServer(
  answers: Answers, refuse: (argv: readonly string[]) => string, delayMs = 0,
): Promise<number> {
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      // Each request is an array of bulk strings, and the tools send one in a packet or several whole ones.
      for (const request of chunk.toString().split(/(?=^\*\d+\r\n)/m)) {
        const argv = request.split('\r\n').filter((_, at) => at > 0 && at % 2 === 0)
        const known = [3, 2, 1].map((words) => answers[argv.slice(0, words).join(' ').toUpperCase()]).find((value) => value !== undefined)
        if (known === DIES) socket.destroy()
        else answer(socket, encode(known === undefined ? `-${refuse(argv)}` : known), delayMs)
      }
    })
    socket.on('error', () => { socket.destroy() })
  })
  servers.push(server)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return (server.address() as AddressInfo).port
}

function answer(socket: Socket, reply: string, delayMs: number): void {
  if (delayMs === 0) socket.write(reply)
  else setTimeout(() => { socket.write(reply) }, delayMs)
}

/** Closes all of them; to be called after each test. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve) })))
  servers = []
}

function encode(value: Value): string {
  if (value === null) return '*-1\r\n'
  if (typeof value !== 'string') return `*${value.length}\r\n${value.map(encode).join('')}`
  return value.startsWith('-') ? `${value}\r\n` : `$${Buffer.byteLength(value)}\r\n${value}\r\n`
}

/** A record as the flat list of names and values that Redis answers with. */
export function fields(record: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(record).flat()
}
