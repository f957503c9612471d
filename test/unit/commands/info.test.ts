import { describe, expect, it } from 'vitest'

import type { RespValue } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'
import { fakeMaster, masterView, RUNNING_SCRIPT, WAITING_SCRIPT } from './fake-core.ts'

const lines = (reply: RespValue): string[] => (reply as string).split('\r\n')
const fields = (reply: RespValue): Record<string, string> => Object.fromEntries(
  lines(reply).filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
)

describe('INFO', () => {
  it('has five sections in one order, an empty line between them, none at the end', async () => {
    const reply = await bench().say('info') as string
    expect(lines(reply).filter((line) => line.startsWith('#'))).toEqual(['# Server', '# Clients', '# Stats', '# CPU', '# Sentinel'])
    expect(reply).toMatch(/[^\n]\r\n\r\n# Clients\r\n/)
    expect(reply.endsWith('\r\n')).toBe(true)
    expect(reply.endsWith('\r\n\r\n')).toBe(false)
  })

  it.each([
    ['info SENTINEL server sentinel', ['# Server', '# Sentinel']],
    ['info all cpu', ['# Server', '# Clients', '# Stats', '# CPU', '# Sentinel']],
    ['info everything', ['# Server', '# Clients', '# Stats', '# CPU', '# Sentinel']],
    ['info default', ['# Server', '# Clients', '# Stats', '# CPU', '# Sentinel']],
    ['info memory cpu keyspace', ['# CPU']],
  ])('%s prints the sections that were asked for', async (line, titles) => {
    expect(lines(await bench().say(line)).filter((text) => text.startsWith('#'))).toEqual(titles)
  })

  it('is empty when no section is left', async () => {
    expect(await bench().say('info memory')).toBe('')
  })

  it('describes this server in the section Server', async () => {
    const b = bench()
    b.mono = 90_061_500
    const reply = await b.say('info server')
    expect(lines(reply).map((line) => line.split(':')[0])).toEqual([
      '# Server', 'redis_version', 'redis_git_sha1', 'redis_git_dirty', 'redis_build_id', 'redis_mode', 'os', 'arch_bits',
      'monotonic_clock', 'multiplexing_api', 'atomicvar_api', 'gcc_version', 'process_id', 'process_supervised', 'run_id',
      'tcp_port', 'server_time_usec', 'uptime_in_seconds', 'uptime_in_days', 'hz', 'configured_hz', 'lru_clock',
      'executable', 'config_file', 'io_threads_active', 'listener0', 'ts_sentinel_version',
      'ts_sentinel_config_save', 'ts_sentinel_config_save_failures', '',
    ])
    expect(fields(reply)).toMatchObject({
      redis_version: '7.0.15', redis_mode: 'sentinel', os: 'Linux 6.1.0 x86_64', process_id: '4242', tcp_port: '26379',
      run_id: 'e'.repeat(40), uptime_in_seconds: '90061', uptime_in_days: '1', listener0: 'name=tcp,bind=*,bind=-::*,port=26379',
      server_time_usec: `${(1_790_000_000_000 + 90_061_500) * 1000}`, ts_sentinel_version: '0.1.0', ts_sentinel_config_save: 'ok',
      ts_sentinel_config_save_failures: '0',
    })
  })

  it('counts clients in the section Clients', async () => {
    const b = bench()
    b.addClient().channels.add('x')
    expect(fields(await b.say('info clients'))).toMatchObject({
      connected_clients: '2', pubsub_clients: '1', maxclients: '10000',
    })
  })

  it('has the counters of the server in the section Stats', async () => {
    const b = bench()
    Object.assign(b.counters, { connectionsReceived: 5, connectionsRejected: 2, inputBytes: 100, outputBytes: 200 })
    b.counters.errorReplies = 3
    b.clients.channelCount = 4
    b.mono = 10_000
    b.counters.commandRate.record(32, 9900)
    b.counters.inputRate.record(16_384, 9900)
    await b.say('ping')
    expect(fields(await b.say('info stats'))).toMatchObject({
      total_connections_received: '5', total_commands_processed: '2', rejected_connections: '2', total_net_input_bytes: '100',
      total_net_output_bytes: '200', total_error_replies: '3', pubsub_channels: '4', instantaneous_ops_per_sec: '20',
      instantaneous_input_kbps: '10.00', expired_stale_perc: '0.00', acl_access_denied_channel: '0',
    })
  })

  it('has seconds with six digits in the section CPU', async () => {
    expect(await bench().say('info cpu')).toBe([
      '# CPU', 'used_cpu_sys:1.500000', 'used_cpu_user:2.250000', 'used_cpu_sys_children:0.000000',
      'used_cpu_user_children:0.125000', 'used_cpu_sys_main_thread:1.500000', 'used_cpu_user_main_thread:2.250000', '',
    ].join('\r\n'))
  })

  it('has the masters and their state in the section Sentinel', async () => {
    const b = bench()
    b.view.fakes = [fakeMaster(), fakeMaster({ view: masterView({ name: 'other', host: '::1' }), status: 'odown' })]
    b.view.tilt = { tilt: true, tiltMs: 2999 }
    b.view.simulatedFailure = { crashAfterElection: true, crashAfterPromotion: true }
    b.scripts = [RUNNING_SCRIPT, WAITING_SCRIPT]
    expect(await b.say('info sentinel')).toBe([
      '# Sentinel', 'sentinel_masters:2', 'sentinel_tilt:1', 'sentinel_tilt_since_seconds:2', 'sentinel_running_scripts:1',
      'sentinel_scripts_queue_length:2', 'sentinel_simulate_failure_flags:3',
      'master0:name=mymaster,status=ok,address=127.0.0.1:6379,slaves=2,sentinels=2',
      'master1:name=other,status=odown,address=::1:6379,slaves=2,sentinels=2', '',
    ].join('\r\n'))
    expect(fields(await bench().say('info sentinel'))).toMatchObject({ sentinel_tilt: '0', sentinel_tilt_since_seconds: '-1' })
  })
})
