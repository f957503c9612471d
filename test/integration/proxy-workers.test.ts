/** A proxy of several processes (`threads`). */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'

import { eventually, killMaster, notYet, Workspace } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'
import { PlainWriter, proxyCommand, withProxy } from './proxy-process.ts'

/** The processes that this one has started. */
function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter((word) => word !== '').map(Number)
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  // What follows from an error is seen by the end of the connection.
  socket.on('error', () => undefined)
  return socket
}

/** The reply to PING, or `cut` where the connection has ended. */
function ping(client: Socket): Promise<string> {
  if (client.destroyed) return Promise.resolve('cut')
  return new Promise((resolve) => {
    client.once('close', () => { resolve('cut') })
    client.once('data', (bytes) => { resolve(bytes.toString()) })
    client.write('PING\r\n')
  })
}

async function untilEnded(pids: readonly number[]): Promise<void> {
  await eventually('the workers to end', () => {
    const left = pids.filter(isAlive)
    if (left.length > 0) throw notYet(left.join(' '))
  }, { timeoutMs: 20_000 })
}

describe('a proxy with two worker processes', () => {
  it('divides the clients, replaces a worker that ends, follows a failover, and leaves no process behind', async () => {
    await withProxy({ replicas: 1 }, ['threads 2'], async (deployment, proxy) => {
      await proxy.logged('2 worker processes serve the clients.')
      const clients = await Promise.all(Array.from({ length: 8 }, () => connected(proxy.port)))
      for (const client of clients) expect(await ping(client)).toBe('+PONG\r\n')
      expect(await proxy.metric('ts_sentinel_proxy_clients')).toBe(8)
      const [first = 0, second = 0] = childrenOf(proxy.program.pid)
      process.kill(first, 'SIGKILL')
      await proxy.logged(`Worker process ${first} ended (SIGKILL)`)
      const replies = await Promise.all(clients.map(ping))
      expect(new Set(replies)).toEqual(new Set(['cut', '+PONG\r\n']))
      await eventually('two workers', async () => {
        const workers = await proxy.metric('ts_sentinel_proxy_workers')
        if (workers !== 2) throw notYet(String(workers))
      }, { timeoutMs: 20_000 })
      expect((await proxy.http('/readyz')).status).toBe(200)

      const writer = new PlainWriter(proxy.port)
      await writer.writesSince(0)
      const { node } = await killMaster(deployment)
      const { at } = await proxy.leaves(node.address)
      await writer.writesSince(at)
      writer.stop()
      expect(await writer.problemsSince(at, deployment.node(1))).toEqual([])
      for (const client of clients) client.destroy()

      const workers = childrenOf(proxy.program.pid)
      expect(workers).toContain(second)
      expect(workers).toHaveLength(2)
      await proxy.program.endBy('SIGKILL')
      await untilEnded(workers)
    })
  })

  it('does not start on a port that is used, logs the cause once, and ends all its processes when it is stopped', async () => {
    const workspace = new Workspace('proxy-workers-port')
    try {
      const port = await workspace.claimPort()
      const args = ['--sentinel', '127.0.0.1:1', '--master', 'm', '--bind', '127.0.0.1', '--port', String(port), '--threads', '2']
      const run = () => new Program('ours', workspace, { cwd: workspace.folder, args: [], program: proxyCommand(...args) })
      const running = run()
      await running.logged('2 worker processes serve the clients.')
      const workers = childrenOf(running.pid)
      const other = run()
      expect((await other.end()).code).toBe(1)
      const problems = other.stdout.split('\n').filter((line) => line.includes('Cannot listen'))
      expect(problems.map((line) => line.replace(/^.* # /, ''))).toEqual([
        `Cannot listen on 127.0.0.1:${port}: Address already in use. Another process uses it: stop that process, or change port.`,
      ])
      expect((await running.endBy('SIGTERM')).code).toBe(0)
      await untilEnded(workers)
    } finally {
      await workspace.remove()
    }
  })
})
