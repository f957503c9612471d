/** Looks at the sentinel of --target before the drill begins: what is wrong with it, and what to do. */
import { formatAddress, type Address } from '../../harness/index.ts'
import { entriesOf, errorOf } from '../../explain/index.ts'
import { loadTlsFiles } from '../connection/tls-files.ts'
import { NodeClient, NodeUnreachable } from '../node-client/node-client.ts'
import type { TargetDrill } from './options.ts'

/** @throws Error when the sentinel, or another one that it knows, cannot be used; nothing was changed then */
export async function checkTarget({ sentinel, masterName, login }: TargetDrill): Promise<void> {
  const others = await askTarget(sentinel, masterName, login)
  await Promise.all(others.map((address) => askOther(address, masterName, login)))
}

type Login = TargetDrill['login']

/** Resolves with the other sentinels of the master. */
async function askTarget(sentinel: Address, masterName: string, login: Login): Promise<readonly Address[]> {
  const who = `${formatAddress(sentinel)}, the sentinel of --target,`
  const client = await open(sentinel, login).catch((error: unknown) => {
    throw unreachable(error, who, 'start it, or give another sentinel of the fleet with --target')
  })
  try {
    await logIn(client, who, login)
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
    client = await open(address, login)
    await logIn(client, who, login)
  } catch (error) {
    throw unreachable(error, who, 'start it; if it was removed for good, forget it on the others (ts-sentinel forget)')
  } finally {
    client?.close()
  }
}

function open({ host, port }: Address, { tls }: Login): Promise<NodeClient> {
  return NodeClient.open({ host, port, tls: tls && loadTlsFiles(tls) })
}

async function logIn(client: NodeClient, who: string, { sentinelUser, sentinelPassword }: Login): Promise<void> {
  if (sentinelPassword !== undefined) {
    const refusal = errorOf(await client.call('AUTH', ...sentinelUser === undefined ? [] : [sentinelUser], sentinelPassword))
    if (refusal !== undefined) throw new Error(`${who} refused the login: "${refusal}". Correct --sentinel-user and --sentinel-pass-file.`)
  }
  const problem = errorOf(await client.call('PING'))
  if (problem?.startsWith('NOAUTH') === true) {
    throw new Error(`${who} requires a password. Give --sentinel-pass-file, or the variable SENTINEL_PASSWORD.`)
  }
  if (problem !== undefined) throw new Error(`${who} answered PING with "${problem}".`)
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
