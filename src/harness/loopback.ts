import { createServer } from 'node:net'

import { messageOf } from './eventually.ts'

/** The loopback address of a node of a relayed deployment, by its number from 1: 127.0.1.2, 127.0.1.3 and so on. */
export function loopbackAddress(at: number): string {
  return `127.0.${1 + Math.floor(at / 250)}.${1 + at % 250}`
}

/** The loopback address of a named client, by its number from 1: 127.0.100.2, 127.0.100.3 and so on. */
export function clientLoopbackAddress(at: number): string {
  return `127.0.100.${1 + at}`
}

/** More do not fit into the addresses for named clients. */
export const MAX_CLIENTS = 250

/** The loopback address of each named client. */
export function clientAddresses(clients: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(clients.map((name, at): [string, string] => [name, clientLoopbackAddress(at + 1)]))
}

/** @throws Error naming the clients of the deployment, when there is none of this name */
export function clientAddressOf(name: string, clients: readonly string[] = []): string {
  const address = clientAddresses(clients).get(name)
  if (address !== undefined) return address
  const known = clients.length === 0 ? 'it has none' : `it has ${clients.join(', ')}`
  throw new Error(`this deployment has no client named ${name} (option clients: ${known})`)
}

/**
 * Checks that this system has the loopback addresses of `count` nodes, or of so many named clients. Linux has all of
 * 127.0.0.0/8; macOS and the BSDs have 127.0.0.1 alone until others are added.
 *
 * @throws Error that names the first missing address and how to add it
 */
export async function checkLoopback(count: number, addressOf = loopbackAddress): Promise<void> {
  for (let at = 1; at <= count; at++) {
    const host = addressOf(at)
    const problem = await bindProblem(host)
    if (problem === undefined) continue
    const remedy = process.platform === 'linux'
      ? 'Bring the loopback interface up (ip link set lo up)'
      : `Add them, for example: sudo ifconfig lo0 alias ${host} up`
    throw new Error(
      `network: 'relayed' needs a loopback address for each node and named client, ${addressOf(1)} to ${addressOf(count)}, and this system does not `
      + `have ${host} (${problem}). ${remedy}; or leave out network: 'relayed', which only faults of the network need.`,
    )
  }
}

function bindProblem(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => { resolve(messageOf(error)) })
    server.listen({ host, port: 0 }, () => {
      server.close(() => { resolve(undefined) })
    })
  })
}
