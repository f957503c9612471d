/** What others may rely on is on the disk before they hear it: votes, epochs, configurations (behaviour.md 11.4). */
import type { DurableMaster } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { masterNameAt, sentHello, type Checker, type SentHello } from './watch.ts'

export const durableBeforeTold: Checker = {
  invariant: 'durable before told',
  watch: ({ report }) => ({
    answered: (sentinel, operation, result) => {
      if (operation.kind !== 'is-master-down' || result.kind !== 'master-down' || !sentinel.isDurable) return
      const name = masterNameAt(sentinel, operation.host, operation.port)
      const saved = savedMaster(sentinel, name)
      if (saved === undefined || result.leader === undefined) return
      if (saved.leaderEpoch < result.epoch) {
        report(`${sentinel.name} told its vote of epoch ${result.epoch} with ${saved.leaderEpoch} on the disk`)
      }
    },
    said: (sentinel, { name, master, detail = '' }) => {
      if (name !== '+vote-for-leader' || !sentinel.isDurable) return
      const epoch = BigInt(detail.split(' ')[1] ?? '0')
      const saved = savedMaster(sentinel, master)
      if (saved !== undefined && saved.leaderEpoch < epoch) {
        report(`${sentinel.name} published its vote of epoch ${epoch} with ${saved.leaderEpoch} on the disk`)
      }
    },
    sent: (sentinel, argv, request) => {
      if (!sentinel.isDurable) return
      const { content } = sentinel.disk
      if (request.kind === 'publish') {
        const hello = sentHello(argv)
        const problem = hello === undefined ? undefined : helloProblem(sentinel, hello)
        if (problem !== undefined) report(`${sentinel.name} says in a hello ${problem}`)
      } else if (request.kind === 'ask' && request.epoch > content.currentEpoch) {
        report(`${sentinel.name} asks for votes in epoch ${request.epoch} with ${content.currentEpoch} on the disk`)
      }
    },
  }),
}

function helloProblem(sentinel: SentinelNode, hello: SentHello): string | undefined {
  const { content } = sentinel.disk
  const saved = savedMaster(sentinel, hello.master)
  if (hello.epoch > content.currentEpoch) return `the epoch ${hello.epoch} with ${content.currentEpoch} on the disk`
  if (saved === undefined) return undefined
  if (hello.configEpoch > saved.configEpoch) return `the config-epoch ${hello.configEpoch} with ${saved.configEpoch} on the disk`
  if (hello.configEpoch === saved.configEpoch && (hello.host !== saved.host || hello.port !== saved.port)) {
    return `the address ${hello.host}:${hello.port} with ${saved.host}:${saved.port} on the disk`
  }
  return undefined
}

function savedMaster(sentinel: SentinelNode, name: string | undefined): DurableMaster | undefined {
  return sentinel.disk.content.masters.find((master) => master.name === name)
}
