import type { CommandEnvironment } from '../environment.ts'
import type { InfoField } from './info-section.ts'

const SECONDS_PER_DAY = 86_400
/** The original's object clock counts seconds in 24 bits. */
const LRU_CLOCK_BITS = 0xffffff

export function serverSection({ facts, now }: CommandEnvironment): readonly InfoField[] {
  const { mono, wall } = now()
  const uptime = Math.floor((mono - facts.startedAt.mono) / 1000)
  return [
    ['redis_version', facts.version],
    ['redis_git_sha1', '00000000'],
    ['redis_git_dirty', 0],
    ['redis_build_id', '0'],
    ['redis_mode', 'sentinel'],
    ['os', facts.operatingSystem],
    ['arch_bits', facts.architectureBits],
    ['monotonic_clock', 'POSIX clock_gettime'],
    ['multiplexing_api', facts.multiplexingApi],
    ['atomicvar_api', 'c11-builtin'],
    ['gcc_version', '0.0.0'],
    ['process_id', facts.processId],
    ['process_supervised', facts.supervised],
    ['run_id', facts.runId],
    ['tcp_port', facts.tcpPort()],
    ['server_time_usec', wall * 1000],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / SECONDS_PER_DAY)],
    ['hz', 10],
    ['configured_hz', 10],
    ['lru_clock', Math.floor(wall / 1000) & LRU_CLOCK_BITS],
    ['executable', facts.executable],
    ['config_file', facts.configFile],
    ['io_threads_active', 0],
    ...facts.listeners().map((listener, at): InfoField => [`listener${at}`, listener]),
    ['ts_sentinel_version', facts.packageVersion],
    ...facts.http === undefined ? [] : [['ts_sentinel_http', facts.http] as const],
    ['ts_sentinel_config_save', facts.saves().error ?? 'ok'],
    ['ts_sentinel_config_save_failures', facts.saves().failuresTotal],
  ]
}
