/** Clients of a proxy that are slow, gone, too many, encrypted or local, and the process itself. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandConnection, eventually, formatAddress, notYet, startDeployment, withDeployment, Workspace, type Deployment } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'
import { proxyCommand, ProxyProcess } from './proxy-process.ts'

const MIB = 1_024 * 1_024

describe('a proxy for one server', () => {
  let workspace: Workspace
  let deployment: Deployment
  let proxy: ProxyProcess

  beforeAll(async () => {
    workspace = new Workspace('proxy-clients')
    deployment = await startDeployment({ sentinels: 1, replicas: 0 })
    proxy = await ProxyProcess.start(workspace, deployment, ['max-clients 20', 'unixsocket p.sock', 'unixsocketperm 700', 'pidfile p.pid', 'drain 60000'])
  })

  afterAll(async () => {
    await proxy.stop()
    await deployment.stop()
    await workspace.remove()
  })

  it('passes on any bytes, in both directions and any amount', async () => {
    const client = proxy.client()
    const value = 'x\r\n$-1\r\n'.repeat(200_000)
    expect(await client.call(['SET', 'large', value])).toBe('OK')
    expect(await client.call(['GET', 'large'])).toBe(value)
    client.close()
  })

  it('answers a client that has closed its sending side', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true })
      socket.setEncoding('utf8').on('data', (part: string) => { received += part }).on('error', reject)
      socket.on('end', () => { resolve(received) })
      socket.end('ECHO hello\r\nQUIT\r\n')
    })
    expect(text).toBe('$5\r\nhello\r\n+OK\r\n')
  })

  it('holds a bounded amount of memory for a client that does not read', async () => {
    const client = proxy.client()
    await client.call(['SET', 'big', 'x'.repeat(4 * MIB)])
    client.close()
    const before = await proxy.metric('process_resident_memory_bytes')
    const slow = connect({ host: '127.0.0.1', port: proxy.port })
    slow.pause()
    slow.write('GET big\r\n'.repeat(50))
    const sent = 'ts_sentinel_proxy_bytes_total{direction="from_nodes"}'
    let last = -1
    await eventually('the proxy to stop reading', async () => {
      const now = await proxy.metric(sent)
      const isStill = now === last && now > 0
      last = now
      if (!isStill) throw notYet(String(now))
    }, { timeoutMs: 20_000, everyMs: 300 })
    // 200 MiB were asked for; the buffers of the system take some of them.
    expect((await proxy.metric('process_resident_memory_bytes')) - before).toBeLessThan(32 * MIB)
    const other = proxy.client()
    expect(await other.call(['PING'])).toBe('PONG')
    other.close()
    slow.destroy()
  })

  it('lets the system probe both sides of a connection without traffic', async () => {
    const client = proxy.client()
    await client.call(['PING'])
    const timers = new Map(readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1).flatMap((line) => {
      const [, local = '', remote = '', , , timer = ''] = line.trim().split(/\s+/)
      return [[`${portOf(local)} ${portOf(remote)}`, timer.slice(0, 2)] as const]
    }))
    const server = deployment.node(0).address.port
    const withKeepAlive = [...timers].filter(([, timer]) => timer === '02').map(([ports]) => ports.split(' ').map(Number))
    expect(withKeepAlive.some(([local]) => local === proxy.port)).toBe(true)
    expect(withKeepAlive.some(([local, remote]) => remote === server && local !== server)).toBe(true)
    client.close()
  })

  it('refuses more than max-clients with the words of the server, and serves when one has gone', async () => {
    const clients = Array.from({ length: 20 }, () => proxy.client())
    await eventually('20 clients', async () => {
      await Promise.all(clients.map((client) => client.call(['PING'])))
      if ((await proxy.metric('ts_sentinel_proxy_clients')) !== 20) throw notYet('others are still there')
    })
    const refused = await new Promise<string>((resolve) => {
      connect({ host: '127.0.0.1', port: proxy.port }).setEncoding('utf8').on('data', (text: string) => { resolve(text) })
    })
    expect(refused).toBe('-ERR max number of clients reached\r\n')
    for (const client of clients) client.close()
    await eventually('room for a client', async () => {
      const client = proxy.client()
      try {
        expect(await client.call(['PING'])).toBe('PONG')
      } finally {
        client.close()
      }
    })
  })

  it('listens on a unix socket with its file mode', async () => {
    const path = join(proxy.folder, 'p.sock')
    expect(statSync(path).mode & 0o777).toBe(0o700)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(path)
      socket.setEncoding('utf8').on('data', (text: string) => {
        resolve(text)
        socket.destroy()
      }).on('error', reject)
      socket.write('PING\r\n')
    })
    expect(answer).toBe('+PONG\r\n')
  })

  it('lets a client finish after SIGTERM, takes no new one, and ends with status 0 when the last has gone', async () => {
    const client = proxy.client()
    await client.call(['PING'])
    expect(readFileSync(join(proxy.folder, 'p.pid'), 'utf8')).toBe(`${proxy.program.pid}\n`)
    proxy.program.child.kill('SIGTERM')
    await proxy.logged('may finish within 60000 ms')
    expect(await client.call(['ECHO', 'still here'])).toBe('still here')
    expect(await proxy.http('/readyz')).toEqual({ status: 503, text: 'the proxy is shutting down\n' })
    const late = proxy.client()
    await expect(late.call(['PING'])).rejects.toThrow()
    late.close()
    client.close()
    expect(await proxy.program.end()).toEqual({ code: 0, signal: null })
    expect(existsSync(join(proxy.folder, 'p.pid'))).toBe(false)
  })

  it('runs in the background with daemonize yes, and logs to its file', async () => {
    const folder = join(workspace.folder, 'background')
    mkdirSync(folder)
    const port = await workspace.claimPort()
    const program = new Program('ours', workspace, {
      cwd: folder, args: [], program: proxyCommand(
        '--sentinel', ...deployment.sentinelAddresses.map(formatAddress), '--master', 'mymaster', '--bind', '127.0.0.1', '--port', String(port),
        '--daemonize', 'yes', '--pidfile', 'd.pid', '--logfile', 'd.log', '--log-format', 'json',
      ),
    })
    expect(await program.end()).toEqual({ code: 0, signal: null })
    const pid = await eventually('a pid file', () => Number(readFileSync(join(folder, 'd.pid'), 'utf8')))
    workspace.adopt(pid)
    const client = new CommandConnection({ host: '127.0.0.1', port })
    expect(await eventually('an answer', () => client.call(['PING']))).toBe('PONG')
    client.close()
    process.kill(pid, 'SIGTERM')
    await eventually('its end', () => { if (existsSync(join(folder, 'd.pid'))) throw notYet('it runs') })
    workspace.release(pid)
    expect(readFileSync(join(folder, 'd.log'), 'utf8')).toContain('"level":"notice"')
  })

  it('ends with status 1 and the place of each problem when the file is wrong', async () => {
    writeFileSync(join(workspace.folder, 'wrong.conf'), 'sentinel 127.0.0.1:1\nmaster m\nmode tunnel\nprot 1\n')
    const program = new Program('ours', workspace, { cwd: workspace.folder, args: [], program: proxyCommand('wrong.conf') })
    expect(await program.end()).toEqual({ code: 1, signal: null })
    expect(program.stderr).toBe('ts-sentinel proxy: wrong.conf:3: mode: \'tunnel\' is unknown: give pipe or route\n'
      + "ts-sentinel proxy: wrong.conf:4: there is no directive 'prot': did you mean port?\n")
  })
})

describe('a proxy with TLS', () => {
  it('is encrypted towards clients, nodes and sentinels', async () => {
    const workspace = new Workspace('proxy-tls')
    await withDeployment({ sentinels: 1, replicas: 0, tls: true }, async (deployment) => {
      const { tls } = deployment
      if (tls === undefined) throw new Error('the deployment has no TLS')
      const tlsPort = await workspace.claimPort()
      const proxy = await ProxyProcess.start(workspace, deployment, [
        `tls-port ${tlsPort}`, 'tls-nodes yes', 'tls-sentinels yes',
        `tls-cert-file ${tls.certFile}`, `tls-key-file ${tls.keyFile}`, `tls-ca-cert-file ${tls.caFile}`,
      ])
      const endpoint = {
        ca: Buffer.from(tls.ca), cert: Buffer.from(tls.cert), key: Buffer.from(tls.key),
        checkServerIdentity: () => undefined,
      }
      const encrypted = new CommandConnection({ host: '127.0.0.1', port: tlsPort, tls: endpoint })
      const value = 'y'.repeat(3 * MIB)
      expect(await eventually('an answer', () => encrypted.call(['SET', 'k', value]))).toBe('OK')
      const plain = proxy.client()
      expect(await plain.call(['GET', 'k'])).toBe(value)
      encrypted.close()
      plain.close()
      await proxy.stop()
    })
    await workspace.remove()
  })
})

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16)
}
