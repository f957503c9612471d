import { describe, expect, it } from 'vitest'

import { FOREIGN_DIRECTIVES } from '../../../src/config/directives/table.ts'
import { FILES, isOlder, NEWER_IN, type Release } from '../../fixtures/config/older-releases.ts'
import { loadGood } from './load-text.ts'
import { firstRewrite, master, rewrite, userLinesOf } from './rewrite-text.ts'

/** `timeout`, `sentinel known-slave`; the words of users and of buffer limits count too. */
function namesOf(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).flatMap((line) => {
    const [name = '', second = '', ...more] = line.toLowerCase().split(/\s+/)
    if (name === 'sentinel') return [`sentinel ${second}`]
    if (name === 'user') return [name, ...more.map((rule) => `rule ${rule}`)]
    return name === 'client-output-buffer-limit' ? [name, `class ${second}`] : [name]
  }))
}

/** What a rewrite may add to any file, because state needs it, or because each release adds it. */
const STATE = ['dir', 'sentinel myid', 'sentinel config-epoch', 'sentinel leader-epoch', 'sentinel current-epoch']

describe.each(FILES)('a file of Redis $release: $what', ({ release, text }) => {
  it('receives only the directives that the state needs, and keeps old names and user rules', () => {
    const before = namesOf(text)
    const after = namesOf(firstRewrite(text))
    expect([...after].filter((name) => !before.has(name) && !STATE.includes(name))).toEqual([])
  })

  it('has only directives that this release knows after several rewrites with new replicas and sentinels', () => {
    const config = loadGood(text)
    const masters = config.durable.masters.map((one) => ({
      ...one,
      replicas: [...one.replicas, { host: '10.9.9.9', port: 6379 }, { host: '10.9.9.8', port: 6379 }],
      sentinels: [...one.sentinels, { host: '10.9.9.7', port: 26379, runId: 'b'.repeat(40) }],
      configEpoch: 7n,
    }))
    let written = text
    for (let time = 0; time < 3; time += 1) {
      const durable = { masters, currentEpoch: 9n }
      written = rewrite(written, config, { durable, userLines: userLinesOf(config.settings) })
    }
    const unknown = [...namesOf(written)].filter((name) => isNewerThan(name, release))
    // Releases before 3.2 make a new id at each start and know no line for it.
    expect(unknown).toEqual(config.durable.myId === '' && ['2.8', '3.0'].includes(release) ? ['sentinel myid'] : [])
    expect(written.match(/ 10\.9\.9\.[89] 6379$/gm)).toHaveLength(2)
    expect(loadGood(written).durable.masters).toEqual(masters)
  })
})

function isNewerThan(name: string, release: Release): boolean {
  const since = NEWER_IN.get(name)
  return since !== undefined && isOlder(release, since)
}

describe('the older names of directives', () => {
  it.each([
    'slave-priority 7', 'hash-max-ziplist-entries 5', 'hash-max-ziplist-value 5', 'zset-max-ziplist-entries 5', 'zset-max-ziplist-value 5',
    'list-max-ziplist-size 5', 'lua-time-limit 7', 'slaveof 127.0.0.1 1', 'slave-serve-stale-data no', 'slave-read-only no', 'repl-ping-slave-period 5',
    'min-slaves-to-write 1', 'min-slaves-max-lag 5', 'slave-announce-ip "1.1.1.1"', 'slave-announce-port 5', 'slave-lazy-flush yes',
    'slave-ignore-maxmemory no', 'cluster-slave-validity-factor 5', 'cluster-slave-no-failover yes', 'client-output-buffer-limit slave 1mb 2mb 60',
  ])('%s stays as it is', (line) => {
    const written = firstRewrite(`client-output-buffer-limit normal 0 0 0\n${line}\n`)
    expect(written.split('\n')).toContain(line)
    expect(firstRewrite(written)).toContain(`${line}\n`)
  })

  it('known-slave is kept for all replicas of a file that has no other name, and never beside known-replica', () => {
    const text = 'sentinel monitor m 127.0.0.1 1 1\nSENTINEL Known-Slave m 127.0.0.1 2\n'
    const config = loadGood(text)
    const replicas = [2, 3, 4].map((port) => ({ host: '127.0.0.1', port }))
    const written = rewrite(text, config, { durable: { masters: [master(config, { replicas })] } })
    expect(written.match(/known-\w+ m 127.*/g)).toEqual(['known-slave m 127.0.0.1 2', 'known-slave m 127.0.0.1 3', 'known-slave m 127.0.0.1 4'])
    const both = `${text}sentinel known-replica m 127.0.0.1 3\n`
    expect(rewrite(both, config, { durable: { masters: [master(config, { replicas })] } })).not.toContain('known-slave')
  })

  it('a master with the name known-slave changes nothing', () => {
    expect(firstRewrite('sentinel monitor known-slave 127.0.0.1 1 1\nsentinel known-replica known-slave 127.0.0.1 2\n'))
      .toContain('sentinel known-replica known-slave 127.0.0.1 2\n')
  })
})

describe('directives that only other releases have', () => {
  it.each([...FOREIGN_DIRECTIVES])('%s does not keep the program from starting, and becomes a comment', (name) => {
    const text = `sentinel monitor m 127.0.0.1 1 1\n${name} yes\n`
    expect(loadGood(text).durable.masters).toHaveLength(1)
    expect(firstRewrite(text)).toContain(`\n# ??? ${name} yes\n`)
  })
})
