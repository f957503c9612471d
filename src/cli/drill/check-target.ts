/** Looks at the sentinel of --target before the drill begins: what is wrong with it, and what to do. */
import { formatAddress, type Address } from '../../harness/index.ts'
import { entriesOf, errorOf } from '../../explain/index.ts'
import { loadTlsFiles, type TlsFiles } from '../connection/tls-files.ts'
import { NodeClient, NodeUnreachable } from '../node-client/node-client.ts'
import type { TargetDrill, TargetProxy } from './options.ts'

/**
 * Resolves with the proxy, without a login where it needs none.
 *
 * @throws Error when the sentinel, another one that it knows, or the proxy cannot be used; nothing was changed then
 */
export async function checkTarget(
  { sentinel, masterName, login, proxy }: TargetDrill,
): Promise<TargetProxy | undefined> {
  const others = await askTarget(sentinel, masterName, login)
  await Promise.all(others.map((address) => askOther(address, masterName, login)))
  return proxy && askProxy(proxy)
}

type Login = TargetDrill['login']

/** Resolves with the other sentinels of the master. */
async function askTarget(sentinel: Address, masterName: string, login: Login): Promise<readonly Address[]> {
  const who = `${formatAddress(sentinel)}, the sentinel of --target,`
  const client = await open(sentinel, login.tls).catch((error: unknown) => {
    throw unreachable(error, who, 'start it, or give another sentinel of the fleet with --target')
  })
  try {
    await logIn(client, who, sentinelLogin(login))
    const reply = await client.call('SENTINEL', 'SENTINELS', masterName)
    const problem = errorOf(reply)
    if (problem === undefined) return entriesOf(reply).map((one) => ({ host: one.get('ip') ?? '', port: Number(one.get('port')) }))
    if (/^ERR no such master/i.test(problem)) throw new Error(await wrongName(client, who, masterName))
    if (/unknown command/i.test(problem)) {
      throw new Error(`${who} is not a sentinel, but a data node. Give the address of a sentinel; 26379 is the usual port.`)
    }
    throw new Error(`${who} answered: "${problem}"`)
  } catch (error) {
    throw unreachable(error, who, 'try again, or give another sentinel of the fleet with --target')
  } finally {
    client.close()
  }
}

/** The drill measures when each sentinel switches, so all of them must be there. */
async function askOther(address: Address, masterName: string, login: Login): Promise<void> {
  const who = `${formatAddress(address)}, another sentinel of ${masterName},`
  let client: NodeClient | undefined
  try {
    client = await open(address, login.tls)
    await logIn(client, who, sentinelLogin(login))
  } catch (error) {
    throw unreachable(error, who, 'start it; if it was removed for good, forget it on the others (ts-sentinel forget)')
  } finally {
    client?.close()
  }
}

/** In route mode a proxy may need no login although its nodes do. */
async function askProxy(proxy: TargetProxy): Promise<TargetProxy> {
  const who = `${formatAddress(proxy)}, the proxy of --proxy-uri,`
  let client: NodeClient | undefined
  try {
    client = await open(proxy, proxy.tls)
    const isNeeded = await logIn(client, who, {
      ...proxy, isOptional: true, correct: 'Correct the login in --proxy-uri, or --user and --pass-file.',
      give: 'Give it in --proxy-uri, or --pass-file, or the variable REDIS_PASSWORD.',
    })
    return isNeeded ? proxy : { ...proxy, user: undefined, password: undefined }
  } catch (error) {
    throw unreachable(error, who, 'start it, or correct --proxy-uri (rediss:// for TLS)')
  } finally {
    client?.close()
  }
}

function open({ host, port }: Address, tls: TlsFiles | undefined): Promise<NodeClient> {
  return NodeClient.open({ host, port, tls: tls && loadTlsFiles(tls) })
}

/** A login, and what to do when it is refused, or when one is missing. */
interface TriedLogin {
  /** Continue without it where the other side has no password. */
  readonly isOptional: boolean
  readonly user: string | undefined
  readonly password: string | undefined
  readonly correct: string
  readonly give: string
}

function sentinelLogin({ sentinelUser, sentinelPassword }: Login): TriedLogin {
  return {
    user: sentinelUser, password: sentinelPassword, isOptional: false, correct: 'Correct --sentinel-user and --sentinel-pass-file.',
    give: 'Give --sentinel-pass-file, or the variable SENTINEL_PASSWORD.',
  }
}

/** Resolves with false when it continued without the login. */
async function logIn(
  client: NodeClient, who: string, { user, password, isOptional, correct, give }: TriedLogin,
): Promise<boolean> {
  let isNeeded = true
  if (password !== undefined) {
    const refusal = errorOf(await client.call('AUTH', ...user === undefined ? [] : [user], password))
    isNeeded = !isOptional || refusal?.includes('without any password configured') !== true
    if (refusal !== undefined && isNeeded) throw new Error(`${who} refused the login: "${refusal}". ${correct}`)
  }
  const problem = errorOf(await client.call('PING'))
  if (problem?.startsWith('NOAUTH') === true) {
    throw new Error(`${who} requires a password. ${give}`)
  }
  if (problem !== undefined) throw new Error(`${who} answered PING with "${problem}".`)
  return isNeeded
}

async function wrongName(client: NodeClient, who: string, masterName: string): Promise<string> {
  const names = entriesOf(await client.call('SENTINEL', 'MASTERS')).map((one) => one.get('name') ?? '')
  const known = names.length === 0 ? 'monitors no master' : `monitors ${names.join(', ')}`
  return `${who} has no master ${masterName}: it ${known}. Correct --master.`
}

function unreachable(error: unknown, who: string, todo: string): unknown {
  if (!(error instanceof NodeUnreachable)) return error
  return new Error(`${who} cannot be reached: ${error.message}. To do: ${todo}.`, { cause: error })
}
