/** What an operator has changed in sentinel.conf, and how the log names it. */
import { describe, expect, it } from 'vitest'

import {
  configChanges, directiveLine, globalChangeLine, masterChangeLines, withDirectives, type ConfigChanges,
} from '../../../src/config/index.ts'
import { loadGood } from './load-text.ts'

const M = 'sentinel monitor m 10.0.0.1 6379 2\n'
const NOTHING: ConfigChanges = {
  masters: [], globals: [], directives: [], users: false, renames: false, state: false, stateFile: false,
}

function changes(before: string, after: string): ConfigChanges {
  return configChanges(loadGood(before), loadGood(after))
}

function lines(before: string, after: string): string[] {
  const [old, now] = [loadGood(before), loadGood(after)]
  const { masters, globals, directives } = configChanges(old, now)
  return [
    ...masters.flatMap((change) => masterChangeLines(change, old.durable.masters)),
    ...globals.map(globalChangeLine),
    ...directives.map((name) => directiveLine(name, old.settings, now.settings)),
  ]
}

describe('changes of sentinel.conf', () => {
  it.each([
    ['comments and the order of lines', `# a\n${M}port 5000`, `port 5000\n\n# b\n${M}`],
    ['a default that is written out', M, `${M}sentinel parallel-syncs m 1\nloglevel notice`],
    ['another spelling', `${M}sentinel auth-pass m "a"`, `${M}SENTINEL AUTH-PASS m a`],
  ])('are none: %s', (_what, before, after) => {
    expect(changes(before, after)).toEqual(NOTHING)
  })

  it('of lines that the sentinel writes are seen, but are no change of a master', () => {
    const state = `sentinel config-epoch m 3\nsentinel known-replica m 10.0.0.2 6379\nsentinel known-sentinel m 10.0.0.3 26379 ${'b'.repeat(40)}\n`
    for (const after of ['', state.split('\n').slice(0, 2).join('\n')]) {
      expect(changes(M + state, M + after)).toEqual({ ...NOTHING, state: true })
    }
    expect(changes(M, `${M}sentinel monitor n 10.0.1.1 6379 2\nsentinel known-replica n 10.0.1.2 6379`).state).toBe(false)
  })

  it('of masters are named one by one', () => {
    const before = `${M}sentinel down-after-milliseconds m 5000\nsentinel monitor gone 10.0.1.1 6379 2\nsentinel auth-pass m old`
    const after = 'sentinel monitor new ::1 6379 3\nsentinel monitor m 10.0.0.9 6380 1\nsentinel auth-pass m hidden\nsentinel auth-user m bob'
    expect(lines(before, after)).toEqual([
      'gone is not monitored any more',
      'new is monitored at [::1]:6379 with quorum 3',
      'm is monitored at 10.0.0.9:6380, before at 10.0.0.1:6379',
      'm: quorum 1, before 2', 'm: down-after-milliseconds 30000, before 5000', 'm: auth-pass changed', 'm: auth-user bob',
    ])
    expect(changes(before, after).masters.map(({ kind, name }) => `${kind} ${name}`))
      .toEqual(['remove gone', 'add new', 'move m', 'set m'])
  })

  it('of renamed commands end a renaming whose line is gone', () => {
    const line = (from: string, to: string) => `sentinel rename-command m ${from} ${to}\n`
    expect(changes(M + line('CONFIG', 'c1') + line('INFO', 'i1'), M + line('config', 'c2') + line('PING', 'p1')).masters).toMatchObject([
      { changes: [{ value: ['INFO', 'INFO'] }, { value: ['config', 'c2'] }, { value: ['PING', 'p1'] }] },
    ])
  })

  it('of the whole sentinel are named without passwords', () => {
    const after = 'sentinel sentinel-pass hidden\nsentinel announce-ip 10.0.0.7\nsentinel resolve-hostnames yes\nsentinel deny-scripts-reconfig no\n'
      + 'requirepass hidden\nmasterauth hidden\ntls-key-file-pass hidden\nport 5000\nlogfile ""\nbind 127.0.0.1 ::1'
    const found = lines('loglevel verbose\nlogfile s.log', after)
    expect(found).toEqual(expect.arrayContaining([
      'announce-ip 10.0.0.7', 'sentinel-pass changed', 'resolve-hostnames yes', 'deny-scripts-reconfig no', 'requirepass changed',
      'masterauth changed', 'tls-key-file-pass changed', 'port 5000, before 26379', 'bind 127.0.0.1 ::1, before * -::*',
      'loglevel notice, before verbose', 'logfile "", before s.log',
    ]))
    expect(found.join()).not.toContain('hidden')
  })

  it('of users and renamed commands of the sentinel itself are seen', () => {
    expect(changes('', 'user bob on\nrename-command ping p')).toEqual({ ...NOTHING, users: true, renames: true })
  })

  it('of directives are taken into the settings, the named ones alone', () => {
    const [now, file] = [loadGood('port 5000\ntimeout 3').settings, loadGood('port 6000\ntcp-backlog 5').settings]
    expect(withDirectives(now, file, ['port', 'timeout'])).toMatchObject({ port: 6000, idleTimeoutSeconds: 0, tcpBacklog: 511 })
    expect(withDirectives(now, file, [])).toEqual(now)
  })
})
