import { describe, expect, it } from 'vitest'

import { INITIAL_GLOBALS, type OperationError } from '../../../src/core/index.ts'
import { error, map, OK } from '../../../src/resp/index.ts'
import type { Bench } from './fake-client.ts'
import { bench } from './fake-client.ts'

const SAVE_FAILED = error('ERR Failed to save config file. Check server logs.')

function failingSave(): Bench {
  const b = bench()
  b.operator.reply = () => ({ result: { kind: 'ok' }, save: 'failed' })
  return b
}

function refusing(reason: OperationError): Bench {
  const b = bench()
  b.operator.reply = () => ({ kind: 'refused', error: reason })
  return b
}

describe('a password that the settings file names', () => {
  it('is not changed by a client, whose other options before it are applied', async () => {
    const b = bench()
    b.view.outsidePasswords.add('mymaster')
    const refusal = error('ERR auth-pass comes from a file or variable that the settings file names: change it there and send SIGHUP to the sentinel')
    expect(await b.say('sentinel set mymaster quorum 3 auth-pass x')).toEqual(refusal)
    expect(b.operator.submitted).toMatchObject([{ kind: 'set', changes: [{ setting: 'quorum', value: 3 }] }])
    expect(await b.say('sentinel set mymaster auth-user x')).toEqual(OK)
  })

  it('is not changed by SENTINEL CONFIG SET', async () => {
    const b = bench()
    b.view.outsidePasswords.add('peers')
    expect(await b.say('sentinel config set announce-port 5 sentinel-pass x')).toMatchObject({
      text: expect.stringContaining('ERR sentinel-pass comes from a file or variable') as string,
    })
    expect(b.operator.submitted).toEqual([])
    expect(await b.say('sentinel set mymaster auth-pass x')).toEqual(OK)
  })
})

describe('MONITOR', () => {
  it('passes numbers to the core and answers after the save', async () => {
    const b = bench()
    expect(await b.say('sentinel monitor other 10.0.0.1 6379 2')).toEqual(OK)
    expect(b.operator.submitted).toEqual([{ kind: 'monitor', name: 'other', host: '10.0.0.1', port: 6379, quorum: 2 }])
    expect(await failingSave().say('sentinel monitor other 10.0.0.1 6379 2')).toEqual(SAVE_FAILED)
  })

  // protocol.md 2.7: the order of the checks shows in which error wins.
  it.each([
    ['a 1.1.1.1 b c', 'ERR Invalid quorum'],
    ['a 1.1.1.1 b 1', 'ERR Invalid port'],
    ['a 1.1.1.1 b 0', 'ERR Invalid port'],
    ['a 1.1.1.1 1 0', 'ERR Quorum must be 1 or greater.'],
    ['a 1.1.1.1 1 -1', 'ERR Quorum must be 1 or greater.'],
    ['a 1.1.1.1 1 02', 'ERR Invalid quorum'],
    ['a 1.1.1.1 1 99999999999', 'ERR Invalid quorum'],
  ])('MONITOR %s is refused with the error of the original', async (words, text) => {
    const b = bench()
    expect(await b.say(`sentinel monitor ${words}`)).toEqual(error(text))
    expect(b.operator.submitted).toEqual([])
  })

  it.each<[OperationError, string]>([
    ['unresolvable-address', 'ERR Invalid IP address or hostname specified'],
    ['invalid-port', 'ERR Invalid port number.'],
    ['duplicate-master', 'ERR Duplicate master name.'],
  ])('answers the refusal %s with the error of the original', async (reason, text) => {
    expect(await refusing(reason).say('sentinel monitor a b 99999 1')).toEqual(error(text))
  })

  // Deliberate differences: names that would break the file or the hello message.
  it.each([
    ['', 'ERR Master name must not be empty'],
    ['a b', 'ERR Master name must not contain spaces, commas or quotes'],
    ['a,b', 'ERR Master name must not contain spaces, commas or quotes'],
    ['a"b', 'ERR Master name must not contain spaces, commas or quotes'],
    ['a\nsentinel deny-scripts-reconfig no', 'ERR Master name must not contain spaces, commas or quotes'],
    ['a\nb', 'ERR Master name must not contain control characters'],
    ['a\x7f', 'ERR Master name must not contain control characters'],
    ['a\uDCFF', 'ERR Master name must be valid UTF-8'],
  ])('refuses the name %j', async (name, text) => {
    const b = bench()
    expect(await b.ask('sentinel', 'monitor', name, '10.0.0.1', '6379', '2')).toEqual(error(text))
    expect(b.operator.submitted).toEqual([])
  })

  it('accepts names in any alphabet', async () => {
    const b = bench()
    expect(await b.ask('sentinel', 'monitor', 'größe-日本', '10.0.0.1', '6379', '2')).toEqual(OK)
    expect(b.operator.submitted).toMatchObject([{ name: 'größe-日本' }])
  })
})

describe('REMOVE, RESET, FAILOVER, FLUSHCONFIG', () => {
  it('answer the result of the core', async () => {
    const b = bench()
    b.operator.reply = (operation) => operation.kind === 'reset' ? { kind: 'reset', count: 3 } : { kind: 'ok' }
    expect(await b.say('sentinel remove mymaster')).toEqual(OK)
    expect(await b.say('sentinel reset my*')).toBe(3)
    expect(await b.say('sentinel failover mymaster')).toEqual(OK)
    expect(await b.say('sentinel flushconfig')).toEqual(OK)
    expect(b.operator.submitted).toEqual([
      { kind: 'remove', name: 'mymaster' }, { kind: 'reset', pattern: 'my*' }, { kind: 'failover', name: 'mymaster' },
      { kind: 'save' },
    ])
  })

  it.each(['sentinel remove mymaster', 'sentinel flushconfig'])('%s reports a failed save', async (line) => {
    expect(await failingSave().say(line)).toEqual(SAVE_FAILED)
  })

  it.each<[OperationError, string]>([
    ['no-such-master', 'ERR No such master with that name'],
    ['failover-in-progress', 'INPROG Failover already in progress'],
    ['no-good-replica', 'NOGOODSLAVE No suitable replica to promote'],
  ])('FAILOVER answers %s with the error of the original', async (reason, text) => {
    expect(await refusing(reason).say('sentinel failover mymaster')).toEqual(error(text))
  })
})

describe('IS-MASTER-DOWN-BY-ADDR', () => {
  it('asks the core and answers three elements', async () => {
    const b = bench()
    b.operator.reply = () => ({ kind: 'master-down', down: true, leader: 'x', epoch: 12n })
    expect(await b.say('sentinel is-master-down-by-addr 127.0.0.1 6379 9223372036854775807 abc')).toEqual([1, 'x', 12n])
    expect(b.operator.submitted).toEqual([
      { kind: 'is-master-down', host: '127.0.0.1', port: 6379, epoch: 9223372036854775807n, candidate: 'abc' },
    ])
    b.operator.reply = () => ({ kind: 'master-down', down: false, leader: undefined, epoch: 0n })
    expect(await b.say('sentinel is-primary-down-by-addr 127.0.0.1 99999 1 *')).toEqual([0, '*', 0n])
  })

  it.each(['a 1 x *', 'a x 1 *', 'a 1 18446744073709551615 *', 'a 1 -1 *', 'a 1 01 *'])('refuses %s with the error of the original', async (words) => {
    expect(await bench().say(`sentinel is-master-down-by-addr ${words}`)).toEqual(error('ERR value is not an integer or out of range'))
  })
})

describe('the candidate of a vote', () => {
  it.each([
    ['a\nb', 'ERR Run id must not contain control characters'],
    ['x'.repeat(257), 'ERR Run id too long'],
  ])('%.10j is refused', async (candidate, text) => {
    const b = bench()
    expect(await b.ask('sentinel', 'is-master-down-by-addr', '127.0.0.1', '1', '2', candidate)).toEqual(error(text))
    expect(b.operator.submitted).toEqual([])
  })
})

describe('SENTINEL SET', () => {
  it('reads every option', async () => {
    const b = bench()
    b.view.globalsView = { ...INITIAL_GLOBALS, denyScriptsReconfig: false }
    b.executables = ['/n', '/c']
    expect(await b.ask(
      'sentinel', 'set', 'mymaster', 'Down-After-Milliseconds', '5000', 'failover-timeout', '1', 'parallel-syncs', '3',
      'quorum', '4', 'master-reboot-down-after-period', '0', 'primary-reboot-down-after-period', '9',
      'notification-script', '/n', 'client-reconfig-script', '', 'auth-pass', 'a\nb', 'auth-user', '',
      'rename-command', 'CONFIG', 'xconfig',
    )).toEqual(OK)
    expect(b.operator.submitted).toEqual([{ kind: 'set', name: 'mymaster', changes: [
      { option: 'Down-After-Milliseconds', kind: 'time', setting: 'downAfterMs', value: 5000 },
      { option: 'failover-timeout', kind: 'time', setting: 'failoverTimeoutMs', value: 1 },
      { option: 'parallel-syncs', kind: 'count', setting: 'parallelSyncs', value: 3 },
      { option: 'quorum', kind: 'count', setting: 'quorum', value: 4 },
      { option: 'master-reboot-down-after-period', kind: 'time', setting: 'rebootDownAfterMs', value: 0 },
      { option: 'primary-reboot-down-after-period', kind: 'time', setting: 'rebootDownAfterMs', value: 9 },
      { option: 'notification-script', kind: 'script', setting: 'notificationScript', value: '/n' },
      { option: 'client-reconfig-script', kind: 'script', setting: 'clientReconfigScript', value: undefined },
      { option: 'auth-pass', kind: 'text', setting: 'authPass', value: 'a\nb' },
      { option: 'auth-user', kind: 'text', setting: 'authUser', value: undefined },
      { option: 'rename-command', kind: 'renames', setting: 'renamedCommands', value: ['CONFIG', 'xconfig'] },
    ] }])
  })

  const denied = 'ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration'
  // protocol.md 2.11; rows checked against the original.
  it.each<[string[], string]>([
    [['foo', 'bar'], 'ERR Unknown option or number of arguments for SENTINEL SET \'foo\''],
    [['quorum', 'a'], 'ERR Invalid argument \'a\' for SENTINEL SET \'quorum\''],
    [['QUOrum', '0'], 'ERR Invalid argument \'0\' for SENTINEL SET \'QUOrum\''],
    [['quorum', '99999999999'], 'ERR Invalid argument \'99999999999\' for SENTINEL SET \'quorum\''],
    [['master-reboot-down-after-period', '-1'], 'ERR Invalid argument \'-1\' for SENTINEL SET \'master-reboot-down-after-period\''],
    [['rename-command', 'a'], 'ERR Unknown option or number of arguments for SENTINEL SET \'rename-command\''],
    [['rename-command', 'a', ''], 'ERR Invalid argument \'\' for SENTINEL SET \'rename-command\''],
    [['rename-command', 'a', 'b\nc'], 'ERR Command name must not contain control characters'],
    [['notification-script', ''], denied],
    [['client-reconfig-script', '/x'], denied],
    [['auth-pass', '\uDC80'], 'ERR Password must be valid UTF-8'],
  ])('refuses %j with the error of the original', async (words, text) => {
    const b = bench()
    expect(await b.ask('sentinel', 'set', 'mymaster', ...words)).toEqual(error(text))
    expect(b.operator.submitted).toEqual([])
  })

  it('requires executable scripts', async () => {
    const b = bench()
    b.view.globalsView = { ...INITIAL_GLOBALS, denyScriptsReconfig: false }
    expect(await b.say('sentinel set mymaster notification-script /none')).toEqual(error('ERR Notification script seems non existing or non executable'))
    expect(await b.say('sentinel set mymaster client-reconfig-script /none')).toEqual(error('ERR Client reconfiguration script seems non existing or non executable'))
    expect(await b.ask('sentinel', 'set', 'mymaster', 'notification-script', '/a\nb')).toEqual(error('ERR Notification script must not contain control characters'))
  })

  it('applies the options before the first mistake, and answers the mistake even when the save fails', async () => {
    const b = failingSave()
    expect(await b.say('sentinel set mymaster quorum 2 failover-timeout x quorum 3')).toEqual(error('ERR Invalid argument \'x\' for SENTINEL SET \'failover-timeout\''))
    expect(b.operator.submitted).toEqual([{ kind: 'set', name: 'mymaster', changes: [{ option: 'quorum', kind: 'count', setting: 'quorum', value: 2 }] }])
    expect(await b.say('sentinel set mymaster quorum 2')).toEqual(SAVE_FAILED)
  })

  it('looks the master up before it reads options', async () => {
    expect(await bench().say('sentinel set nope foo bar')).toEqual(error('ERR No such master with that name'))
    expect(await bench().say('sentinel set nope foo')).toEqual(error('ERR wrong number of arguments for \'sentinel|set\' command'))
  })
})

describe('SENTINEL CONFIG', () => {
  it('GET returns matching options once, in one order for each pattern', async () => {
    const b = bench()
    b.view.globalsView = { ...INITIAL_GLOBALS, announceIp: '1.2.3.4', announcePort: 5, resolveHostnames: true, sentinelPass: 'secret' }
    expect(await b.say('sentinel config get LOG* *')).toEqual(map([
      'loglevel', 'notice', 'resolve-hostnames', 'yes', 'announce-hostnames', 'no', 'announce-ip', '1.2.3.4',
      'announce-port', '5', 'sentinel-user', '', 'sentinel-pass', 'secret',
    ]))
    expect(await b.say('sentinel config get announce-[ip]*')).toEqual(map(['announce-ip', '1.2.3.4', 'announce-port', '5']))
    expect(await b.say('sentinel config get nope')).toEqual(map([]))
  })

  it('SET applies all at once', async () => {
    const b = bench()
    expect(await b.ask(
      'sentinel', 'config', 'set', 'Announce-IP', 'h.example', 'announce-port', '0', 'resolve-hostnames', 'YES',
      'announce-hostnames', 'no', 'sentinel-user', '', 'sentinel-pass', 'p', 'loglevel', 'Debug',
    )).toEqual(OK)
    expect(b.operator.submitted).toEqual([{ kind: 'set-globals', changes: [
      { kind: 'announce-ip', host: 'h.example' }, { kind: 'announce-port', port: 0 },
      { kind: 'resolve-hostnames', on: true }, { kind: 'announce-hostnames', on: false },
      { kind: 'sentinel-user', user: undefined }, { kind: 'sentinel-pass', secret: 'p' },
    ] }])
    expect(b.logLevel).toBe('debug')
  })

  it('SET loglevel alone is saved too; an empty announce-ip means none', async () => {
    const b = bench()
    expect(await b.say('sentinel config set loglevel nothing')).toEqual(OK)
    expect(await b.ask('sentinel', 'config', 'set', 'announce-ip', '')).toEqual(OK)
    expect(b.operator.submitted).toEqual([
      { kind: 'save' }, { kind: 'set-globals', changes: [{ kind: 'announce-ip', host: undefined }] },
    ])
    expect(await failingSave().say('sentinel config set announce-port 1')).toEqual(SAVE_FAILED)
  })

  it('SET loglevel takes effect and is refused a place in the state file', async () => {
    const b = bench({ stateFile: '/data/state.conf' })
    expect(await b.say('sentinel config set loglevel debug')).toMatchObject({ text: expect.stringMatching(/is not saved/) as string })
    expect(b.logLevel).toBe('debug')
    expect(await b.say('sentinel config set announce-port 1')).toEqual(OK)
  })

  const only = 'ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.'
  it.each<[string[], string]>([
    [['get'], 'ERR wrong number of arguments for \'sentinel|config\' command'],
    [['set', 'announce-port'], only],
    [['foo', 'bar'], only],
    [['set', 'foo', 'bar'], 'ERR Invalid argument \'foo\' to SENTINEL CONFIG SET'],
    [['set', 'announce-port', '1', 'Announce-Port', '2'], 'ERR Duplicate argument \'Announce-Port\' to SENTINEL CONFIG SET'],
    [['set', 'announce-port', '1', 'announce-ip'], 'ERR Missing argument \'announce-ip\' value'],
    [['set', 'announce-port', '65536'], 'ERR Invalid value \'65536\' to SENTINEL CONFIG SET \'announce-port\''],
    [['set', 'announce-ip', 'x', 'resolve-hostnames', 'maybe'], 'ERR Invalid value \'maybe\' to SENTINEL CONFIG SET \'resolve-hostnames\''],
    [['set', 'announce-hostnames', 'x'], 'ERR Invalid value \'x\' to SENTINEL CONFIG SET \'announce-hostnames\''],
    [['set', 'loglevel', 'loud'], 'ERR Invalid value \'loud\' to SENTINEL CONFIG SET \'loglevel\''],
    [['set', 'announce-ip', 'a\nb'], 'ERR Announced address must not contain control characters'],
    [['set', 'announce-ip', 'a,b'], 'ERR Announced address must not contain spaces or commas'],
  ])('CONFIG %j is refused with its reason', async (words, text) => {
    const b = bench()
    expect(await b.ask('sentinel', 'config', ...words)).toEqual(error(text))
    expect(b.operator.submitted).toEqual([])
    expect(b.logLevel).toBe('notice')
  })
})

describe('SENTINEL DEBUG', () => {
  it('shows thirteen periods', async () => {
    expect(await bench().say('sentinel debug')).toEqual(map([
      'INFO-PERIOD', '10000', 'PING-PERIOD', '1000', 'ASK-PERIOD', '1000', 'PUBLISH-PERIOD', '2000',
      'DEFAULT-DOWN-AFTER', '30000', 'DEFAULT-FAILOVER-TIMEOUT', '180000', 'TILT-TRIGGER', '2000', 'TILT-PERIOD', '30000',
      'SLAVE-RECONF-TIMEOUT', '10000', 'MIN-LINK-RECONNECT-PERIOD', '15000', 'ELECTION-TIMEOUT', '10000',
      'SCRIPT-MAX-RUNTIME', '60000', 'SCRIPT-RETRY-DELAY', '30000',
    ]))
  })

  it('changes periods up to the first mistake', async () => {
    const b = bench()
    expect(await b.say('sentinel debug Info-Period 5 ping-period 6')).toEqual(OK)
    expect(await b.say('sentinel debug tilt-period 7 info-period 0')).toEqual(error('ERR Invalid argument \'0\' for SENTINEL DEBUG \'info-period\''))
    expect(b.operator.submitted).toEqual([
      { kind: 'set-tunables', changes: [{ tunable: 'info-period', ms: 5 }, { tunable: 'ping-period', ms: 6 }] },
      { kind: 'set-tunables', changes: [{ tunable: 'tilt-period', ms: 7 }] },
    ])
    expect(await b.say('sentinel debug foo')).toEqual(error('ERR Unknown option or number of arguments for SENTINEL DEBUG \'foo\''))
    expect(await b.say('sentinel debug info-period')).toEqual(error('ERR Unknown option or number of arguments for SENTINEL DEBUG \'info-period\''))
  })
})

describe('SIMULATE-FAILURE', () => {
  it.each<[string, unknown, boolean, boolean]>([
    ['crash-after-election', OK, true, false],
    ['Crash-After-Promotion CRASH-AFTER-ELECTION', OK, true, true],
    ['help', ['crash-after-election', 'crash-after-promotion'], false, false],
    ['crash-after-election help foo', ['crash-after-election', 'crash-after-promotion'], true, false],
    ['foo', error('ERR Unknown failure simulation specified'), false, false],
    ['crash-after-promotion foo crash-after-election', error('ERR Unknown failure simulation specified'), false, true],
  ])('SIMULATE-FAILURE %s answers and arms what the original does', async (words, reply, crashAfterElection, crashAfterPromotion) => {
    const b = bench()
    expect(await b.say(`sentinel simulate-failure ${words}`)).toEqual(reply)
    expect(b.operator.submitted).toEqual([{ kind: 'simulate-failure', failure: { crashAfterElection, crashAfterPromotion } }])
  })

  it('requires at least one argument', async () => {
    expect(await bench().say('sentinel simulate-failure')).toEqual(error('ERR wrong number of arguments for \'sentinel|simulate-failure\' command'))
  })
})

describe('PUBLISH', () => {
  it('accepts hello messages only, and does not wait for their saves', async () => {
    const b = bench()
    b.operator.isHolding = true
    expect(await b.ask('publish', '__sentinel__:hello', 'a,b c')).toBe(1)
    expect(b.operator.submitted).toEqual([{ kind: 'hello', payload: 'a,b c' }])
    expect(await b.say('publish __Sentinel__:hello x')).toEqual(error('ERR Only HELLO messages are accepted by Sentinel instances.'))
    expect(await b.ask('publish', '__sentinel__:hello', 'x'.repeat(8193))).toBe(1)
    expect(b.operator.submitted).toHaveLength(1)
  })
})
