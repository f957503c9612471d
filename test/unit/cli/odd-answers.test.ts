/** Tools and sentinels that answer what no sentinel should: nothing crashes, and nothing acts on the terminal. */
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'

import { explainTool, historyTool, statusTool } from '../../../src/cli/sentinel-tools/index.ts'
import { NodeClient, NodeUnreachable } from '../../../src/cli/node-client/node-client.ts'

type Odd = string | readonly Odd[]

const FIELDS = [
  'name', 'ip', 'port', 'runid', 'flags', 'last-ok-ping-reply', 'down-after-milliseconds', 'failover-timeout', 'quorum', 'config-epoch',
  's-down-time', 'info-refresh', 'slave-priority', 'slave-repl-offset', 'master-link-status', 'master-link-down-time', 'voted-leader',
  'voted-leader-epoch', 'num-slaves', 'started', 'master', 'outcome', 'role', 'epoch', 'duration-ms', 'from', 'to', 'reason', '__proto__',
]

let server: Server | undefined
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server?.close()
})

const encode = (odd: Odd): string => typeof odd === 'string'
  ? `$${Buffer.byteLength(odd)}\r\n${odd}\r\n` : `*${odd.length}\r\n${odd.map(encode).join('')}`

/** A sentinel whose every field is this text; `INFO` has it, too. */
async function sentinelThatSays(value: string, { isOurs }: { readonly isOurs: boolean }): Promise<string> {
  const entry = FIELDS.flatMap((field) => [field, field === 'name' ? 'mymaster' : value])
  const started = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      for (const request of bytes.toString().toUpperCase().split(/(?=\*\d+\r\n)/)) {
        if (/INFO/.test(request)) socket.write(encode(`sentinel_tilt:1\r\nsentinel_tilt_since_seconds:${value}\r\n__proto__:x\r\n`))
        else if (/EXPLAIN/.test(request)) socket.write(isOurs ? encode(entry) : '-ERR unknown subcommand\r\n')
        else if (/CKQUORUM/.test(request)) socket.write(encode(value))
        else socket.write(encode([entry]))
      }
    })
  })
  server = started
  await new Promise<void>((resolve) => { started.listen(0, '127.0.0.1', resolve) })
  const address = started.address()
  return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

async function said(tool: typeof statusTool, args: readonly string[]): Promise<string> {
  let text = ''
  const take = (more: string) => { text += more }
  await tool(args, { print: take, printError: take, terminal: undefined, onInterrupt: () => () => undefined })
  return text
}

describe('a sentinel whose fields are odd', () => {
  it.each(['', 'abc', '__proto__', 'NaN', '-1', '1e999', '9'.repeat(400), '0x10', '\u001b[31m\u202e\n'])('with the value %j is shown without a crash', async (value) => {
    for (const isOurs of [true, false]) {
      const address = await sentinelThatSays(value, { isOurs })
      expect(await said(statusTool, [address])).toContain('mymaster')
      expect(await said(statusTool, [address, '--json'])).toContain('mymaster')
      expect(await said(historyTool, [address])).toContain('STARTED')
      expect(await said(explainTool, [address, 'mymaster'])).toContain('mymaster')
      expect(await said(explainTool, [address, 'mymaster', '--json'])).toContain('mymaster')
      server?.close()
    }
  })

  it('gets the word unknown for a time that is no number', async () => {
    expect(await said(statusTool, [await sentinelThatSays('abc', { isOurs: true })])).toContain('down-after unknown')
  })
})

describe('a node at an address that cannot be', () => {
  it.each([
    { host: '127.0.0.1', port: Number.NaN }, { host: '127.0.0.1', port: 0 }, { host: '127.0.0.1', port: 70_000 }, { host: '', port: 1 },
    { host: 'a\0b', port: 1 },
  ])('%j cannot be reached', async (address) => {
    await expect(NodeClient.open(address)).rejects.toThrow(NodeUnreachable)
  })
})
