import { describe, expect, it } from 'vitest'

import type { MasterExplanation } from '../../../src/core/index.ts'
import { encode, error, map, NULL_ARRAY, simple } from '../../../src/resp/index.ts'
import type { RespValue } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'
import {
  fakeMaster, masterView, MY_ID, PEER_ID, peerView, replicaView, RUNNING_SCRIPT, WAITING_SCRIPT,
} from './fake-core.ts'

const EXPLANATION: MasterExplanation = {
  name: 'mymaster', host: '127.0.0.1', port: 6379, sdown: true, odown: true, crash: undefined, refusals: [], lastFailure: undefined,
  failover: 'no', reasons: [{ kind: 'no-replicas' }], ifMasterDied: undefined,
  votes: { agree: 2, quorum: 2, known: 3, reachable: 2, majority: 2, needed: 2 }, sentinels: [], candidate: undefined,
  replicas: [], nextAttemptMs: 0, currentEpoch: 7n, lostElection: undefined, problems: [],
  pause: undefined, schedule: undefined, lastSelection: undefined,
}

const NO_MASTER = error('ERR No such master with that name')

function pairs(entry: RespValue): [string, string][] {
  const { items } = entry as unknown as { items: string[] }
  return Array.from({ length: items.length / 2 }, (_, at) => [items[2 * at] ?? '', items[2 * at + 1] ?? ''])
}

describe('a reply about masters, replicas or sentinels', () => {
  it('MASTER has its 20 fields in order', async () => {
    expect(pairs(await bench().say('sentinel master mymaster'))).toEqual([
      ['name', 'mymaster'], ['ip', '127.0.0.1'], ['port', '6379'], ['runid', 'c'.repeat(40)], ['flags', 'master'],
      ['link-pending-commands', '0'], ['link-refcount', '1'], ['last-ping-sent', '0'], ['last-ok-ping-reply', '120'],
      ['last-ping-reply', '120'], ['down-after-milliseconds', '30000'], ['info-refresh', '4000'],
      ['role-reported', 'master'], ['role-reported-time', '65000'], ['config-epoch', '7'], ['num-slaves', '2'],
      ['num-other-sentinels', '1'], ['quorum', '2'], ['failover-timeout', '180000'], ['parallel-syncs', '1'],
    ])
  })

  it('MASTER shows the conditional fields in their places', async () => {
    const b = bench()
    b.view.fakes = [fakeMaster({ view: masterView({
      flags: ['s_down', 'o_down', 'master', 'disconnected', 'failover_in_progress'], failoverState: 'wait_start',
      sdownMs: 11, odownMs: 12, settings: { ...masterView().settings, notificationScript: '/n', clientReconfigScript: '/c' },
    }) })]
    const names = pairs(await b.say('sentinel master mymaster')).map(([name]) => name)
    expect(names.slice(6, 15)).toEqual([
      'link-refcount', 'failover-state', 'last-ping-sent', 'last-ok-ping-reply', 'last-ping-reply', 's-down-time',
      'o-down-time', 'down-after-milliseconds', 'info-refresh',
    ])
    expect(names.slice(-3)).toEqual(['parallel-syncs', 'notification-script', 'client-reconfig-script'])
    expect(pairs(await b.say('sentinel master mymaster'))[4]).toEqual(['flags', 's_down,o_down,master,disconnected,failover_in_progress'])
  })

  it('REPLICAS has 21 fields and leaves out replicas that are not announced', async () => {
    const b = bench()
    b.view.fakes = [fakeMaster({ replicas: [replicaView(), replicaView({ announced: false, name: 'hidden' })] })]
    const reply = await b.say('sentinel replicas mymaster') as RespValue[]
    expect(reply).toHaveLength(1)
    const entry = pairs(reply[0] ?? null)
    expect(entry.slice(10).map(([name]) => name)).toEqual([
      'down-after-milliseconds', 'info-refresh', 'role-reported', 'role-reported-time', 'master-link-down-time',
      'master-link-status', 'master-host', 'master-port', 'slave-priority', 'slave-repl-offset', 'replica-announced',
    ])
    expect(await b.say('SENTINEL SLAVES mymaster')).toEqual(reply)
  })

  it('REPLICAS shows ? and 0 for a replica without a known master', async () => {
    const b = bench()
    const lost = replicaView({ masterHost: undefined, masterPort: 0, masterLinkUp: false, sdownMs: 5 })
    b.view.fakes = [fakeMaster({ replicas: [lost] })]
    const [entry = null] = await b.say('sentinel replicas mymaster') as RespValue[]
    expect(Object.fromEntries(pairs(entry))).toMatchObject({
      'master-host': '?', 'master-port': '0', 'master-link-status': 'err', 's-down-time': '5',
    })
  })

  it('SENTINELS has 14 fields', async () => {
    const b = bench()
    const [entry = null] = await b.say('sentinel sentinels mymaster') as RespValue[]
    expect(pairs(entry)).toEqual([
      ['name', PEER_ID], ['ip', '127.0.0.1'], ['port', '26380'], ['runid', PEER_ID], ['flags', 'sentinel'],
      ['link-pending-commands', '0'], ['link-refcount', '1'], ['last-ping-sent', '0'], ['last-ok-ping-reply', '140'],
      ['last-ping-reply', '140'], ['down-after-milliseconds', '30000'], ['last-hello-message', '900'],
      ['voted-leader', '?'], ['voted-leader-epoch', '0'],
    ])
    b.view.fakes = [fakeMaster({ peers: [peerView({ votedLeader: MY_ID, votedLeaderEpoch: 9n })] })]
    const [voted = null] = await b.say('sentinel sentinels mymaster') as RespValue[]
    expect(pairs(voted).slice(-2)).toEqual([['voted-leader', MY_ID], ['voted-leader-epoch', '9']])
  })

  it('MASTERS lists all, also by their newer names', async () => {
    const b = bench()
    b.view.fakes = [fakeMaster(), fakeMaster({ view: masterView({ name: 'other' }) })]
    const reply = await b.say('sentinel masters') as RespValue[]
    expect(reply.map((entry) => pairs(entry)[0])).toEqual([['name', 'mymaster'], ['name', 'other']])
    expect(await b.say('sentinel primaries')).toEqual(reply)
    expect(await b.say('sentinel primary other')).toEqual(reply[1])
    expect(encode(reply, 2).startsWith('*2\r\n*40\r\n')).toBe(true)
    expect(encode(reply, 3).startsWith('*2\r\n%20\r\n')).toBe(true)
  })

  it.each(['master', 'replicas', 'slaves', 'sentinels', 'ckquorum', 'primary'])('is an error when %s names an unknown master', async (name) => {
    expect(await bench().say(`sentinel ${name} nope`)).toEqual(NO_MASTER)
    expect(await bench().say(`sentinel ${name} MyMaster`)).toEqual(NO_MASTER)
  })
})

describe('GET-MASTER-ADDR-BY-NAME', () => {
  it('answers host and port, or the null array', async () => {
    const b = bench()
    expect(await b.say('sentinel get-master-addr-by-name mymaster')).toEqual(['127.0.0.1', '6379'])
    expect(await b.say('sentinel GET-PRIMARY-ADDR-BY-NAME mymaster')).toEqual(['127.0.0.1', '6379'])
    expect(await b.say('sentinel get-master-addr-by-name nope')).toEqual(NULL_ARRAY)
  })

  it('returns a promoted replica only when the promotion is durable', async () => {
    const b = bench()
    b.view.fakes = [fakeMaster({ address: { host: '10.0.0.2', port: 6380, durableFrom: 5 } })]
    let reply: unknown
    const answer = b.say('sentinel get-master-addr-by-name mymaster').then((value) => { reply = value })
    await Promise.resolve()
    expect(reply).toBeUndefined()
    b.operator.becomeDurable(5)
    await answer
    expect(reply).toEqual(['10.0.0.2', '6380'])
  })
})

describe('CKQUORUM', () => {
  const few = 'Not enough available Sentinels to reach the'
  it.each<[number, RespValue]>([
    [3, simple('OK 3 usable Sentinels. Quorum and failover authorization can be reached')],
    [2, error(`NOQUORUM 2 usable Sentinels. ${few} specified quorum for this master`)],
    [1, error(`NOQUORUM 1 usable Sentinels. ${few} specified quorum for this master. ${few} majority and authorize a failover`)],
  ])('reports with %d usable sentinels whether quorum and majority are reached', async (usable, expected) => {
    const b = bench()
    b.view.fakes = [fakeMaster({ quorumCheck: { usable, quorum: 3, majority: 2 } })]
    expect(await b.say('sentinel ckquorum mymaster')).toEqual(expected)
  })

  it('reports when only the majority is missing', async () => {
    const b = bench()
    b.view.fakes = [fakeMaster({ quorumCheck: { usable: 1, quorum: 1, majority: 2 } })]
    expect(await b.say('sentinel ckquorum mymaster')).toEqual(error(`NOQUORUM 1 usable Sentinels. ${few} majority and authorize a failover`))
  })
})

describe('SENTINEL', () => {
  it('MYID answers the id of this sentinel', async () => {
    expect(await bench().say('sentinel myid')).toBe(MY_ID)
  })

  it('INFO-CACHE answers a flat array without unknown and repeated names', async () => {
    expect(await bench().say('sentinel info-cache nope mymaster mymaster')).toEqual(['mymaster', [[4000, '# Server\r\n'], [0, null]]])
    expect(await bench().say('sentinel info-cache nope')).toEqual([])
  })

  it('PENDING-SCRIPTS lists the running scripts and those that wait', async () => {
    const b = bench()
    b.scripts = [RUNNING_SCRIPT, WAITING_SCRIPT]
    expect(await b.say('sentinel pending-scripts')).toEqual([
      map(['argv', RUNNING_SCRIPT.argv, 'flags', 'running', 'pid', '77', 'run-time', '1500', 'retry-num', '1']),
      map(['argv', WAITING_SCRIPT.argv, 'flags', 'scheduled', 'pid', '0', 'run-delay', '30000', 'retry-num', '2']),
    ])
  })

  it('EXPLAIN answers names and values as a map in RESP3, and HISTORY a list of such maps', async () => {
    const b = bench()
    expect(await b.say('sentinel explain nope')).toEqual(NO_MASTER)
    expect(await b.say('sentinel history nope')).toEqual(NO_MASTER)
    expect(await b.say('sentinel history')).toEqual([])
    expect(await b.say('sentinel history a b')).toEqual(error("ERR wrong number of arguments for 'sentinel|history' command"))
    b.view.fakes = [fakeMaster({ explanation: EXPLANATION })]
    const reply = await b.say('sentinel explain mymaster')
    expect(encode(reply, 3).toString().startsWith('%')).toBe(true)
    expect(Object.fromEntries(pairs(reply))).toMatchObject({
      'failover': 'no', 'quorum': '2', 'votes-needed': '2', 'candidate': '', 'next-attempt': 'now',
      'reason-1': 'no-replicas: no replica of this master is known, so none can be promoted',
    })
  })

  it('HELP has the 49 lines of the original, and 21 about our own subcommands', async () => {
    const lines = await bench().say('sentinel help') as unknown as { text: string }[]
    expect(lines).toHaveLength(70)
    expect(lines[0]?.text).toBe('SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:')
    expect(lines.at(-2)?.text).toBe('HELP')
  })
})
