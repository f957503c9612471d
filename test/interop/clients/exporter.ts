import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { claimPort, eventually, type SentinelProcess } from '../../../src/harness/index.ts'

/** How long the exporter may take to come up. */
const START_MS = 10_000

/** Everything that it can ask a sentinel for. */
const ALL_IT_CAN = [
  '--redis-only-metrics', '--export-client-list', '--export-client-port', '--include-config-metrics',
  '--include-system-metrics', '--ping-on-connect',
]

/** What prometheus-redis-exporter makes of a sentinel, as lines `name{labels} value`. */
export async function scrape(sentinel: SentinelProcess, password?: string): Promise<string[]> {
  const claimed = await claimPort()
  const listen = `127.0.0.1:${claimed.port}`
  const exporter = spawn('prometheus-redis-exporter', [
    '--redis.addr', `redis://${sentinel.address.host}:${sentinel.address.port}`, '--web.listen-address', listen,
    ...password === undefined ? [] : ['--redis.password', password], ...ALL_IT_CAN,
  ], { stdio: 'ignore' })
  const ended = once(exporter, 'close')
  try {
    return await eventually('the exporter to answer', async () => {
      const reply = await fetch(`http://${listen}/metrics`, { signal: AbortSignal.timeout(5_000) })
      return (await reply.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    }, { timeoutMs: START_MS })
  } finally {
    exporter.kill('SIGKILL')
    await ended
    claimed.release()
  }
}

/** Labels whose values belong to one process or one moment. */
const OWN_LABELS = /\b(created_at|idle_since|port|process_id|redis_build_id|run_id|tcp_port)="[^"]*"/g

/** The line without what must differ between two processes: the value stays only where both watch the same thing. */
export function masked(line: string): string {
  const text = line.replace(OWN_LABELS, '$1="*"').replace(/"sentinel-[0-9a-f]{8}-(cmd|pubsub)"/, '"sentinel-*-$1"')
    // What another sentinel or the test has said last depends on the moment.
    .replace(/cmd="[^"]*"(.*name="(?:sentinel-|"))/, 'cmd="*"$1')
  return /^redis_(sentinel_|up |connected_clients|instance_info)/.test(text) ? text : text.replace(/ \S+$/, ' *')
}
