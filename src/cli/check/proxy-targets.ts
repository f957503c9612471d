/** Asks the sentinels that a proxy follows, and the master that they name. It changes nothing. */
import type { ConnectionOptions } from 'node:tls'

import { majorityOf } from '../../core/index.ts'
import { errorOf, textOf } from '../../explain/index.ts'
import { count, hostAndPort } from '../../text/index.ts'
import type { ProxySettings } from '../../proxy/index.ts'
import { NodeClient, NodeUnreachable, type NodeAddress } from '../node-client/node-client.ts'
import { finding, type Finding } from './finding.ts'

/** TLS to both kinds of targets; undefined: none. */
export interface TargetTls {
  readonly sentinels: ConnectionOptions | undefined
  readonly nodes: ConnectionOptions | undefined
}

type Login = ProxySettings['sentinelLogin']

type Failed =
  | { readonly kind: 'unreachable', readonly reason: string }
  | { readonly kind: 'refuses', readonly reason: string }

/** What one sentinel said about the master. */
type Said =
  | Failed
  | { readonly kind: 'other-server' | 'no-such-master' }
  /** `others`: the number of other sentinels that it knows. */
  | { readonly kind: 'names', readonly master: string, readonly address: NodeAddress, readonly others: number }

interface Answer {
  readonly where: string
  readonly said: Said
}

export async function checkProxyTargets(settings: ProxySettings, tls: TargetTls): Promise<readonly Finding[]> {
  const { sentinels, masterName, sentinelLogin } = settings
  const answers = await Promise.all(sentinels.map(async (address): Promise<Answer> => ({
    where: hostAndPort(address.host, address.port),
    said: await asked(address, tls.sentinels, sentinelLogin, (client) => askSentinel(client, masterName)),
  })))
  const naming = answers.flatMap(({ where, said }) => said.kind === 'names' ? [{ ...said, where }] : [])
  const [first] = naming
  return [
    ...answers.flatMap(({ where, said }) => sentinelFindings(where, said, settings)),
    ...tooFew(naming.length, sentinels.length, answers[0]?.where ?? ''),
    ...naming.filter(({ master }) => master !== first?.master).map(({ where, master }) => (
      finding('warning', 'sentinels-disagree', where, [
        `${where} names ${master} as the master of ${masterName}, and ${first?.where ?? ''} names ${first?.master ?? ''}`,
        'check again in a minute; if it stays, compare both with `ts-sentinel explain`',
      ])
    )),
    ...unlisted(naming, sentinels.length),
    ...first === undefined ? [] : await masterFindings(first, settings, tls.nodes),
  ]
}

/** Connects, logs in and asks. */
async function asked<Answered>(
  address: NodeAddress, tls: ConnectionOptions | undefined, login: Login,
  ask: (client: NodeClient) => Promise<Answered>,
): Promise<Answered | Failed> {
  const { loginWords } = await import('../../proxy/index.ts')
  let client: NodeClient | undefined
  try {
    client = await NodeClient.open({ ...address, tls })
    const refused = login === undefined ? undefined : errorOf(await client.call('AUTH', ...loginWords(login)))
    const ping = refused ?? errorOf(await client.call('PING'))
    return ping === undefined ? await ask(client) : { kind: 'refuses', reason: ping }
  } catch (error) {
    if (!(error instanceof NodeUnreachable)) throw error
    return { kind: 'unreachable', reason: error.message }
  } finally {
    client?.close()
  }
}

async function askSentinel(client: NodeClient, name: string): Promise<Said> {
  const reply = await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)
  const problem = errorOf(reply)
  if (problem !== undefined) return /unknown command/i.test(problem) ? { kind: 'other-server' } : { kind: 'refuses', reason: problem }
  if (reply.kind !== 'array') return { kind: 'no-such-master' }
  const [host = '', port = ''] = reply.items.map((word) => textOf(word))
  const others = await client.call('SENTINEL', 'SENTINELS', name)
  return {
    kind: 'names', master: hostAndPort(host, Number(port)), address: { host, port: Number(port) },
    others: others.kind === 'array' ? others.items.length : 0,
  }
}

function sentinelFindings(where: string, said: Said, { masterName, sentinelLogin }: ProxySettings): Finding[] {
  switch (said.kind) {
    case 'names':
      return []
    case 'unreachable':
      return [finding('warning', 'sentinel-unreachable', where, [
        `the sentinel ${where} cannot be reached: ${said.reason}`, 'start it, or correct the address; remove it from the line if it is gone for good',
      ])]
    case 'refuses':
      return [finding('error', 'sentinel-refuses', where, [
        `the sentinel ${where} refuses the proxy: "${said.reason}"`,
        sentinelLogin === undefined ? 'add `sentinel-auth <password>`, and `sentinel-user <user>` where the sentinels have users'
          : 'correct sentinel-auth and sentinel-user; docs/proxy.md ("Security") has the commands that the user needs',
      ])]
    case 'other-server':
      return [finding('error', 'sentinel-is-data-node', where, [
        `${where} is a data node, and the line \`sentinel\` needs a sentinel`, 'write the address of the sentinel, whose usual port is 26379',
      ])]
    case 'no-such-master':
      return [finding('error', 'no-such-master', where, [
        `the sentinel ${where} does not monitor ${masterName}`, `correct the line \`master\`; \`ts-sentinel status ${where}\` lists the names`,
      ])]
  }
}

function tooFew(naming: number, configured: number, where: string): Finding[] {
  const majority = majorityOf(configured)
  return naming >= majority ? [] : [finding('error', 'too-few-sentinels', where, [
    `${naming} of ${configured} sentinels ${naming === 1 ? 'names' : 'name'} the master, and the proxy needs ${majority}: it refuses new clients`,
    'correct the sentinels above',
  ])]
}

/** The majority is counted from the file, so it must list all sentinels. */
function unlisted(
  naming: readonly { readonly where: string, readonly others: number }[], configured: number,
): Finding[] {
  const knowing = naming.find(({ others }) => others + 1 > configured)
  return knowing === undefined ? [] : [finding('warning', 'sentinel-not-listed', knowing.where, [
    `${knowing.where} knows ${count(knowing.others, 'other sentinel')}, and the file lists ${configured} in all: the majority is counted from the file`,
    `list all; \`ts-sentinel status ${knowing.where}\` shows them`,
  ])]
}

async function masterFindings(
  { address, master: where }: { readonly address: NodeAddress, readonly master: string },
  settings: ProxySettings, tls: ConnectionOptions | undefined,
): Promise<Finding[]> {
  const { masterName, nodeLogin, maxLagBytes } = settings
  const said = await asked(address, tls, nodeLogin, async (client) => {
    const reply = await client.call('ROLE')
    const problem = errorOf(reply)
    if (problem !== undefined) return { kind: 'refuses', reason: problem } as const
    return { kind: 'answers', role: reply.kind === 'array' ? textOf(reply.items[0]) ?? '' : '' } as const
  })
  if (said.kind === 'unreachable') {
    return [finding('error', 'unreachable', where, [
      `${where}, the master of ${masterName}, cannot be reached from here: ${said.reason}`,
      'open the way from the proxy to all data nodes; sentinels must announce addresses that the proxy reaches',
    ])]
  }
  if (said.kind === 'refuses') {
    const isNeeded = nodeLogin !== undefined || maxLagBytes !== undefined
    return [finding(isNeeded ? 'error' : 'advice', nodeLogin === undefined ? 'auth-missing' : 'auth-wrong', where, [
      `${where} refuses ${nodeLogin === undefined ? 'a question without a login' : 'the login'}: "${said.reason}"; without it the proxy cannot`
      + ` ${maxLagBytes === undefined ? 'confirm the master while some sentinels do not answer' : 'measure the lag of replicas (max-lag)'}`,
      nodeLogin === undefined ? 'add `auth <password>` of a user that may use ROLE and INFO' : 'correct auth and auth-user; the user needs ROLE and INFO',
    ])]
  }
  const { role } = said
  return role === 'master' ? [] : [finding('warning', 'master-is-no-master', where, [
    `${where} is named as the master of ${masterName}, and has the role ${role === '' ? 'of another server' : role}: a failover runs, or it failed`,
    'check again in a minute, and read `ts-sentinel explain` of a sentinel',
  ])]
}
