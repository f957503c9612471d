/** INFO text to facts (behaviour.md 5). */
import { describe, expect, it } from 'vitest'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'

const info = (...lines: string[]) => lines.map((line) => `${line}\r\n`).join('')
const ID = 'a'.repeat(40)

describe('parseInfo', () => {
  it('reads a master with its replicas, in the new form in any order and in the old form', () => {
    const facts = parseInfo(info(
      '# Server', `run_id:${ID}`, '# Replication', 'role:master', 'connected_slaves:3',
      'slave0:ip=10.0.0.2,port=6380,state=online,offset=5,lag=0',
      'slave1:state=wait_bgsave,port=6381,ip=fd00::2',
      'slave2:10.0.0.3,6382,online',
    ))
    expect(facts).toMatchObject({
      role: 'master',
      runId: ID,
      replicas: [{ host: '10.0.0.2', port: 6380 }, { host: 'fd00::2', port: 6381 }, { host: '10.0.0.3', port: 6382 }],
      masterLinkDownMs: 0,
    })
  })

  it('reads a replica', () => {
    const facts = parseInfo(info(
      'role:slave', 'master_host:10.0.0.1', 'master_port:6379', 'master_link_status:down',
      'slave_repl_offset:18446744073709551615', 'master_link_down_since_seconds:12', 'slave_priority:10',
      'replica_announced:0',
    ))
    expect(facts).toMatchObject({
      role: 'slave', masterHost: '10.0.0.1', masterPort: 6379, masterLinkUp: false, priority: 10,
      offset: 18_446_744_073_709_551_615n, masterLinkDownMs: 12_000, announced: false,
    })
  })

  it('reads -1 s as -1000 ms: never connected', () => {
    expect(parseInfo(info('role:slave', 'master_link_down_since_seconds:-1')).masterLinkDownMs).toBe(-1000)
  })

  it('reads fields of a replica only after the role', () => {
    const facts = parseInfo(info('slave_priority:1', 'master_host:x', 'role:slave', 'master_port:7'))
    expect(facts).toMatchObject({ priority: undefined, masterHost: undefined, masterPort: 7 })
    expect(parseInfo(info('role:master', 'slave_priority:1')).priority).toBeUndefined()
  })

  it.each([
    ['nothing', ''],
    ['no lines at all', 'complete nonsense'],
    ['another role', info('role:sentinel')],
    ['a short run id', info('run_id:abc')],
    ['half lines', info('slave0', 'slave1:', 'slave2:ip=1', 'slave3:a,b', 'role')],
    ['numbers that are none', info('role:slaveish', 'master_port:x', 'slave_repl_offset:-', 'slave_priority:')],
  ])('does not throw on %s', (_what, text) => {
    const facts = parseInfo(text)
    expect(facts.runId).toBeUndefined()
    expect(facts.replicas).toEqual([])
  })

  it('reads at most as many digits as the largest number has, and replicas as a master may have', () => {
    const huge = parseInfo(info('role:slave', `slave_repl_offset:${'9'.repeat(1_000_000)}`, `slave_priority:${'9'.repeat(1_000_000)}`))
    expect(huge.offset).toBe(2n ** 64n - 1n)
    expect(huge.priority).toBeGreaterThan(1e9)
    expect(parseInfo(info('role:slave', `slave_repl_offset:${'0'.repeat(100)}77x`)).offset).toBe(77n)
    const lines = Array.from({ length: 20_000 }, (_, at) => `slave${at}:ip=10.0.${at >> 8}.${at & 255},port=6379`)
    expect(parseInfo(info('role:master', ...lines)).replicas).toHaveLength(4096)
  })
})
