/** Links against faults of a real network: a handshake that hangs, and a machine that stops. */
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { ConnectionId, Input } from '../../src/core/index.ts'
import { eventually } from '../../src/harness/index.ts'
import { createLinks } from '../../src/links/index.ts'
import { RealLinksWorld } from '../compliance/real-links-world.ts'

describe('links to a node that takes no connections', () => {
  const inputs: Input[] = []
  const links = createLinks({ sink: (input) => { inputs.push(input) } })
  const world = new RealLinksWorld(() => links)
  const fillers: Socket[] = []

  beforeEach(() => { inputs.length = 0 })

  afterEach(async () => {
    for (const socket of fillers) socket.destroy()
    await world.stop()
  })

  /** A stopped server takes as many connections as its backlog holds; then the kernel lets handshakes hang. */
  async function fillBacklog(port: number): Promise<void> {
    await eventually('a handshake that hangs', async () => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.on('error', () => undefined)
      fillers.push(socket)
      await world.quiet()
      if (!socket.connecting) throw new Error('the backlog has room')
    }, { everyMs: 1 })
  }

  it('wait without a limit of their own, and leave no socket behind when they are closed', async () => {
    const redis = await world.startRedis(['tcp-backlog 1'])
    redis.pause()
    await fillBacklog(redis.address.port)
    const socketsBefore = connecting()
    const id = 1 as ConnectionId
    links.open(id, { purpose: 'command', nodeKind: 'data-node', ...redis.address })
    links.send(id, ['PING'], { kind: 'ping', sentAt: 0 })
    await world.quiet()
    expect(connecting()).toBe(socketsBefore + 1)
    links.close(id)
    await world.eventually('the end of the attempt', () => { expect(connecting()).toBe(socketsBefore) })
    redis.resume()
    await world.quiet()
    expect(inputs).toEqual([])
  })
})

/** Attempts to connect that this process has under way. */
function connecting(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPConnectWrap' || name === 'ConnectWrap').length
}
