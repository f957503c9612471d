/** The documents of the proxy have every directive and every metric, and its annotated file loads. */
import { describe, expect, it } from 'vitest'

import { metricsText } from '../../src/proxy/http/metrics.ts'
import { newRoleCounts } from '../../src/proxy/multiplex/upstreams.ts'
import { newCounters } from '../../src/proxy/pipe/counters.ts'
import { DIRECTIVES, readSettings } from '../../src/proxy/index.ts'
import { plainText } from './manual.ts'
import { readProjectFile } from './project-files.ts'

const CONF = readProjectFile('conf/proxy.conf')
const MANUAL = plainText(readProjectFile('conf/man/ts-sentinel-proxy.1'))
const GUIDE = readProjectFile('docs/proxy.md')

const names = DIRECTIVES.map(({ name }) => name)
const isExample = (line: string): boolean => names.includes(/^# ([a-z-]+) \S/.exec(line)?.[1] ?? '') && !/[.:]$/.test(line)

/** Directives of one mode alone. */
const PIPE = ['read-port', 'tls-read-port']
const ROUTE = ['client-auth', 'read-after-write', 'disable-multiplexing', 'connections-pool-size']
const nameOf = (line: string): string => line.split(' ')[0] ?? ''

function problems(text: string, options: readonly string[] = []): readonly string[] {
  const read = readSettings({ file: 'conf/proxy.conf', text, options })
  return read.ok ? [] : read.problems
}

function metrics(): string[] {
  const text = metricsText({
    workers: 1, process: { residentBytes: 52_000_000, cpuSeconds: 1.5 },
    masterName: 'm', mode: 'route', clients: 0, maxClients: 0, waiting: 0, counters: newCounters(), traffic: { fromClients: 0, fromNodes: 0 },
    upstreams: [{ node: 'n', role: 'master', connections: 1 }], replicas: 0, isMinority: false, version: '1', counts: { master: newRoleCounts(), replica: newRoleCounts() },
    sentinels: { configured: 1, reachable: 1, master: undefined, isMasterReachable: false },
  })
  return [...text.matchAll(/^# TYPE (ts_\S+)/gm)].map(([, name = '']) => name)
}

describe('conf/proxy.conf', () => {
  it('loads, with and without its commented examples', () => {
    const examples = CONF.split('\n').filter(isExample).map((line) => line.slice(2))
    expect(examples.length).toBeGreaterThan(20)
    expect(problems(CONF)).toEqual([])
    const pipe = examples.filter((line) => !ROUTE.includes(nameOf(line)))
    expect(problems([CONF, ...pipe].join('\n'))).toEqual([])
    const route = examples.filter((line) => !PIPE.includes(nameOf(line)))
    expect(problems([CONF, ...route].join('\n'), ['--mode', 'route'])).toEqual([])
  })

  it('has every directive', () => {
    const given = new Set(CONF.split('\n').map((line) => /^(?:# )?([a-z-]+) /.exec(line)?.[1]))
    expect(names.filter((name) => !given.has(name))).toEqual([])
  })
})

describe('the manual page and the guide of the proxy', () => {
  it.each([['manual page', MANUAL], ['guide', GUIDE]])('have every directive: %s', (_name, text) => {
    expect(names.filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text))).toEqual([])
  })

  it('have every metric and no others', () => {
    for (const text of [MANUAL, GUIDE]) {
      expect([...new Set([...text.matchAll(/ts_sentinel_proxy_[a-z_]+/g)].map(([name]) => name))].sort()).toEqual(metrics().sort())
    }
  })

  it('name this release', () => {
    const { version } = JSON.parse(readProjectFile('package.json')) as { version: string }
    expect(readProjectFile('conf/man/ts-sentinel-proxy.1')).toContain(`"ts-sentinel ${version}"`)
  })
})
