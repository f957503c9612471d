/**
 * Metrics of the process under the names that client libraries of Prometheus use, so that dashboards made for those
 * work. Why no library: docs/decisions/0061-metrics-without-a-library.md.
 */
import { readdirSync, readFileSync } from 'node:fs'

import type { Labels, MetricsText } from '../../prometheus/index.ts'

const MICROSECONDS = 1e6

export function processMetrics(text: MetricsText): void {
  const { user, system } = process.cpuUsage()
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
  text.counter('process_cpu_user_seconds_total', 'CPU time spent in user mode', user / MICROSECONDS)
  text.counter('process_cpu_system_seconds_total', 'CPU time spent in the kernel', system / MICROSECONDS)
  text.counter('process_cpu_seconds_total', 'CPU time spent', (user + system) / MICROSECONDS)
  text.gauge('process_start_time_seconds', 'Start of the process, in seconds since 1970', performance.timeOrigin / 1000)
  text.gauge('process_resident_memory_bytes', 'Memory of the process that is in RAM', rss)
  text.gauge('process_open_fds', 'Open file descriptors; only on Linux', ...present(openDescriptors()))
  text.gauge('process_max_fds', 'Limit of open file descriptors; only on Linux', ...present(descriptorLimit()))
  text.gauge('nodejs_heap_size_total_bytes', 'Size of the heap of Node', heapTotal)
  text.gauge('nodejs_heap_size_used_bytes', 'Used part of the heap of Node', heapUsed)
  text.gauge('nodejs_external_memory_bytes', 'Memory outside the heap that belongs to its objects', external)
  text.gauge('nodejs_version_info', 'Version of Node', { labels: versionLabels(process.version), value: 1 })
}

function versionLabels(version: string): Labels {
  const [major = '', minor = '', patch = ''] = version.replace(/^v/, '').split('.')
  return { version, major, minor, patch }
}

function present(value: number | undefined): readonly number[] {
  return value === undefined ? [] : [value]
}

/** Without the one that is open while the folder is read. */
function openDescriptors(): number | undefined {
  return onLinux(() => readdirSync('/proc/self/fd').length - 1)
}

function descriptorLimit(): number | undefined {
  return onLinux(() => {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? undefined : Number(limit)
  })
}

/** Undefined where /proc does not exist or may not be read: the metric is absent there. */
function onLinux(read: () => number | undefined): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return read()
  } catch {
    return undefined
  }
}
