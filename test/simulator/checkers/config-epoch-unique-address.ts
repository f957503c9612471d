/**
 * One configuration epoch, one address: otherwise sentinels could disagree for ever (behaviour.md 16.2). A name and an
 * address of one server are one: a sentinel keeps the one that it knows.
 */
import type { Cluster } from '../cluster.ts'
import { sentHello, type Checker } from './watch.ts'

export const configEpochUniqueAddress: Checker = {
  invariant: 'one address for each master and config-epoch',
  watch: ({ cluster, report }) => {
    const addresses = new Map<string, Endpoint & { address: string, by: string }>()
    return {
      sent: (sentinel, argv, request) => {
        const hello = request.kind === 'publish' ? sentHello(argv) : undefined
        if (hello === undefined || hello.configEpoch === 0n) return
        const key = `${hello.master} ${hello.configEpoch}`
        if (cluster.disputes.has(key)) return
        const address = `${hello.host}:${hello.port}`
        const known = addresses.get(key)
        if (known === undefined) addresses.set(key, { address, host: hello.host, port: hello.port, by: sentinel.name })
        else if (known.address !== address && !isOneServer(cluster, known, hello)) {
          report(`config-epoch ${hello.configEpoch} of ${hello.master} is ${known.address} for ${known.by} and ${address} for ${sentinel.name}`)
        }
      },
    }
  },
}

interface Endpoint {
  readonly host: string
  readonly port: number
}

function isOneServer(cluster: Cluster, one: Endpoint, other: Endpoint): boolean {
  const node = cluster.nodeAt(one.host, one.port)
  return node !== undefined && node === cluster.nodeAt(other.host, other.port)
}
