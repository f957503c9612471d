/** `ts-sentinel status` with the HTTP address of a proxy. */
import { parseArgs } from 'node:util'

import type { ProxyDocument } from '../../documents/index.ts'
import { count } from '../../text/index.ts'
import { argumentProblem } from '../connection/argument-problem.ts'
import { UsageError } from '../connection/errors.ts'
import type { Line } from '../lines.ts'
import { connectionReason } from '../node-client/connection-reason.ts'
import { NodeUnreachable } from '../node-client/node-client.ts'

/** Time limit for the answer, in milliseconds. */
const ANSWER_MS_MAX = 3_000

/** HTTP has neither. */
const NO_TLS = { usesTls: false, showsCertificate: false }

export interface ProxyStatus {
  readonly lines: readonly Line[]
  /** The document of `--json`; undefined without that option. */
  readonly json: string | undefined
  readonly isReady: boolean
}

/** Whether these arguments name a proxy. */
export function namesProxy(args: readonly string[]): boolean {
  return args.some((word) => /^https?:\/\//i.test(word))
}

/** @throws UsageError, NodeUnreachable */
export async function readProxyStatus(args: readonly string[]): Promise<ProxyStatus> {
  const { url, json } = parse(args)
  const document = await ask(url)
  return { lines: proxyLines(document), json: json ? `${JSON.stringify(document, undefined, 2)}\n` : undefined, isReady: document.ready }
}

function parse(args: readonly string[]): { readonly url: URL, readonly json: boolean } {
  const { values, positionals } = wordsOf(args)
  const [address = '', odd] = positionals
  if (odd !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(odd)}; a proxy follows one master`)
  if (!URL.canParse(address)) throw new UsageError(`${JSON.stringify(address)} is not an address such as http://127.0.0.1:9121`)
  return { url: new URL('/status', address), json: values.json }
}

function wordsOf(args: readonly string[]) {
  try {
    const options = { json: { type: 'boolean', default: false } } as const
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${argumentProblem(error, ['json'])}; of a proxy there is --json alone`)
  }
}

async function ask(url: URL): Promise<ProxyDocument> {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX), redirect: 'error' })
  } catch (error) {
    const { cause } = error as { readonly cause?: NodeJS.ErrnoException }
    const reason = cause === undefined ? `no answer within ${ANSWER_MS_MAX} ms` : connectionReason(cause, NO_TLS)
    throw new NodeUnreachable(`cannot reach ${url.origin}: ${reason}`)
  }
  const document = await response.json().catch(() => undefined) as Partial<ProxyDocument> | undefined
  const isProxy = response.status === 200 && document?.schemaVersion === 1 && document.upstreams !== undefined
  if (isProxy) return document as ProxyDocument
  throw new NodeUnreachable(`${url.origin} is not a proxy; give the address of its directive http`)
}

/** What a person reads of a proxy. */
export function proxyLines(proxy: ProxyDocument): readonly Line[] {
  const { sentinels, clients, refused } = proxy
  const master = proxy.address === null ? 'not known' : `${proxy.address}${proxy.reachable ? '' : ', does not answer'}`
  const state: Line = proxy.ready
    ? { text: 'OK        New clients get the master.', style: 'good' }
    : { text: `CRITICAL  New clients are not served: ${proxy.problem ?? 'unknown'}.`, style: 'critical' }
  return [
    { text: `Proxy of ${proxy.master}, ts-sentinel ${proxy.version}`, style: 'title' }, state, { text: '' },
    { text: `Master     ${master}` },
    { text: `Replicas   ${count(proxy.replicas, 'replica')} in service for reads` },
    { text: `Sentinels  ${sentinels.answering} of ${sentinels.configured} answer` },
    { text: `Clients    ${clients.connected} connected (at most ${clients.max}), ${clients.waiting} of them waiting for a node` },
    ...proxy.upstreams.map(({ node, role, connections }) => ({ text: `Node       ${node}, ${role}: ${count(connections, 'connection')}` })),
    { text: `Since the start: ${count(proxy.switches, 'change')} of the master, ${count(proxy.cut, 'connection')} cut, clients refused: `
      + `${refused.maxClients} by max-clients, ${refused.minority} for want of sentinels, ${refused.noNode} for want of a node` },
  ]
}
