/** `ts-sentinel status` with the address of a proxy. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'

import { statusTool } from '../../../src/cli/sentinel-tools/status-tool.ts'
import { statusDocument } from '../../../src/proxy/http/status-document.ts'
import type { ProxyFacts } from '../../../src/proxy/http/metrics.ts'
import { readDocument } from '../../documents/read-document.ts'

const FACTS = {
  workers: 1, process: { residentBytes: 52_000_000, cpuSeconds: 1.5 },
  masterName: 'mymaster', mode: 'pipe', clients: 12, maxClients: 10_000, waiting: 2, version: '1.2.3', replicas: 1, isMinority: false,
  counters: {
    accepted: 40, switches: 1, connectFailures: 0,
    refused: { 'max-clients': 1, 'minority': 2, 'no-node': 3 }, cut: { 'master-changed': 4, 'replica-out': 5 },
  },
  traffic: { fromClients: 1, fromNodes: 2 },
  upstreams: [{ node: '10.0.0.1:6379', role: 'master', connections: 10 }],
  sentinels: { configured: 3, reachable: 2, master: { host: '10.0.0.1', port: 6379 }, isMasterReachable: true },
} as const satisfies ProxyFacts

function document(facts: Partial<ProxyFacts>, problem?: string): string {
  return JSON.stringify(statusDocument({ ...FACTS, ...facts }, problem))
}

const ends: (() => void)[] = []
afterEach(() => { for (const end of ends.splice(0)) end() })

async function serve(text: string, status = 200): Promise<string> {
  const server = createServer((_request, response) => { response.writeHead(status).end(text) })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  ends.push(() => { server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function status(...args: readonly string[]) {
  let [text, errors] = ['', '']
  const code = await statusTool(args, {
    print: (some) => { text += some },
    printError: (some) => { errors += some },
    terminal: undefined,
    onInterrupt: () => () => undefined,
  })
  return { code, text, errors }
}

describe('the status of a proxy', () => {
  it('is printed as sentences', async () => {
    expect(await status(await serve(document({})))).toEqual({
      code: 0, errors: '', text: [
        'Proxy of mymaster, ts-sentinel 1.2.3',
        'OK        New clients get the master.',
        '',
        'Master     10.0.0.1:6379',
        'Replicas   1 replica in service for reads',
        'Sentinels  2 of 3 answer',
        'Clients    12 connected (at most 10000), 2 of them waiting for a node',
        'Node       10.0.0.1:6379, master: 10 connections',
        'Since the start: 1 change of the master, 9 connections cut, clients refused: 1 by max-clients, 2 for want of sentinels, 3 for want of a node',
        '',
      ].join('\n'),
    })
  })

  it('names the reason why clients are not served, and ends with status 1', async () => {
    const { code, text } = await status(await serve(document({ sentinels: { ...FACTS.sentinels, master: undefined } }, 'the master of mymaster is not known')))
    expect(code).toBe(1)
    expect(text).toContain('CRITICAL  New clients are not served: the master of mymaster is not known.\n\nMaster     not known')
  })

  it('is a document of its schema with --json', async () => {
    const { code, text } = await status('--json', await serve(document({})))
    expect(code).toBe(0)
    expect(readDocument('proxy', text)).toMatchObject({ address: '10.0.0.1:6379', ready: true, problem: null, cut: 9, refused: { minority: 2 } })
  })

  it.each([
    { what: 'another server', address: () => serve('<html>', 200), words: 'is not a proxy; give the address of its directive http' },
    { what: 'the HTTP interface of a sentinel', address: () => serve('{"error":{}}', 404), words: 'is not a proxy' },
    { what: 'nothing', address: () => Promise.resolve('http://127.0.0.1:1'), words: 'cannot reach http://127.0.0.1:1: ' },
  ])('ends with status 2 and the reason where there is $what', async ({ address, words }) => {
    const { code, errors } = await status(await address())
    expect(code).toBe(2)
    expect(errors).toContain(words)
  })
})
