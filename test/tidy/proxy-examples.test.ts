/** The examples that start a proxy: systemd, Compose and Kubernetes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { readSettings, type ProxySettings } from '../../src/proxy/index.ts'
import { compose, manifest, manifests, proxyManifest, type Party } from './container-files.ts'
import { readProjectFile } from './project-files.ts'

const { version } = JSON.parse(readProjectFile('package.json')) as { readonly version: string }

function settingsOf(text: string): ProxySettings {
  const read = readSettings({ file: 'proxy.conf', text, options: [] })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.settings
}

const ports = ({ port, readPort, http }: ProxySettings) => [port, readPort, http?.port]

describe('ts-sentinel-proxy.service', () => {
  const unit = readProjectFile('conf/examples/ts-sentinel-proxy.service')
  const lines = (text: string): string[] => text.split('\n').filter((line) => /^[A-Z]\w+=/.test(line))

  it('is confined as the unit of the sentinel is, without folders to write to', () => {
    const confined = (text: string): string[] => (
      lines(text).filter((line) => /^(?:Protect|Private|Restrict|System|Capab|Amb|NoNew|NoExec|Lock|UMask)/.test(line)).sort()
    )
    const sentinel = confined(readProjectFile('conf/examples/ts-sentinel.service'))
    expect(sentinel.length).toBeGreaterThan(20)
    expect(confined(unit)).toEqual(sentinel)
    expect(unit).not.toContain('ReadWritePaths')
  })

  it('gives clients the time of drain, and as many file descriptors as max-clients needs', () => {
    const number = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(unit)?.[1])
    const { drainMs, maxClients } = settingsOf(readProjectFile('conf/proxy.conf'))
    expect(number('TimeoutStopSec') * 1000).toBeGreaterThan(drainMs)
    expect(number('LimitNOFILE')).toBeGreaterThan(2 * maxClients)
  })
})

describe('the proxy of compose.yaml', () => {
  const { services, configs } = compose()
  const settings = settingsOf(configs.proxy.content)

  it('follows the three sentinels and their master', () => {
    expect(settings.sentinels).toEqual([1, 2, 3].map((at) => ({ host: `sentinel-${at}`, port: 26_379 })))
    expect(configs.sentinel.content).toContain(`sentinel monitor ${settings.masterName} `)
  })

  it('is healthy while /readyz answers 200, listens where it is published, and has time for drain', () => {
    const { healthcheck, ports: published, stop_grace_period: grace = '' } = services['proxy'] ?? {}
    expect(ports(settings)).toEqual([6379, 6380, 9121])
    expect(published?.map((one) => one.split(':').at(-1))).toEqual(['6379', '6380'])
    expect(healthcheck?.test.join(' ')).toContain('http://127.0.0.1:9121/readyz')
    expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(settings.drainMs)
  })
})

describe('kubernetes-proxy.yaml', () => {
  const { spec: { replicas, selector, template: { metadata: { labels }, spec: pod } } } = proxyManifest('Deployment')
  const [container] = pod.containers
  const conf = proxyManifest('ConfigMap').data['proxy.conf']
  const settings = settingsOf(conf)

  it('has one object of each kind, under one name and label, and they select the pods', () => {
    const all = manifests('kubernetes-proxy.yaml')
    expect(all.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 ConfigMap', 'v1 Service', 'networking.k8s.io/v1 NetworkPolicy', 'policy/v1 PodDisruptionBudget', 'apps/v1 Deployment',
    ])
    const own = { 'app.kubernetes.io/name': 'ts-sentinel-proxy' }
    for (const one of all) expect(one).toMatchObject({ metadata: { name: 'ts-sentinel-proxy', labels: own } })
    const selected = [
      selector.matchLabels, proxyManifest('Service').spec.selector, proxyManifest('NetworkPolicy').spec.podSelector.matchLabels,
      proxyManifest('PodDisruptionBudget').spec.selector.matchLabels,
      ...pod.topologySpreadConstraints.map(({ labelSelector }) => labelSelector.matchLabels),
    ]
    for (const one of selected) expect(one).toEqual(own)
    expect(labels).toMatchObject(own)
  })

  it('follows every sentinel of kubernetes.yaml, whose network policy lets it in', () => {
    const { spec: { serviceName, replicas: sentinels } } = manifest('StatefulSet')
    expect(settings.sentinels).toEqual(Array.from({ length: sentinels }, (_, at) => (
      { host: `${serviceName}-${at}.${serviceName}.default.svc.cluster.local`, port: 26_379 }
    )))
    expect(manifest('ConfigMap').data['sentinel.conf']).toContain(`sentinel monitor ${settings.masterName} `)
    const [{ from = [] } = {}] = manifest('NetworkPolicy').spec.ingress
    expect(from.some(({ podSelector }) => (
      Object.entries(podSelector?.matchLabels ?? {}).every(([name, value]) => labels[name] === value)
    ))).toBe(true)
  })

  it('allows connections to its ports, the sentinels, Redis and DNS, and no others', () => {
    const party = ({ podSelector, namespaceSelector }: Party) => (
      Object.values({ ...podSelector?.matchLabels, ...namespaceSelector?.matchLabels }).join()
    )
    const { ingress, egress } = proxyManifest('NetworkPolicy').spec
    const allowed = [...ingress, ...egress].map((rule) => [(rule.from ?? rule.to)?.map(party).join() ?? 'all', rule.ports.map(({ port }) => port)])
    expect(allowed).toEqual([
      ['true', [6379, 6380]], ['monitoring', [9121]], ['ts-sentinel', [26_379]], ['redis', [6379]], ['all', [53, 53]],
    ])
  })

  it('has the same ports in the Service, the pods and proxy.conf, and the image of this version', () => {
    expect(ports(settings)).toEqual([6379, 6380, 9121])
    expect(container.ports.map(({ name, containerPort }) => [name, containerPort])).toEqual([['master', 6379], ['replica', 6380], ['http', 9121]])
    expect(proxyManifest('Service').spec.ports.map(({ targetPort, port }) => [targetPort, port])).toEqual([['master', 6379], ['replica', 6380]])
    expect(container.image).toBe(`ts-sentinel:${version}`)
  })

  it('ends a proxy only when /livez fails, and leaves the Service when /readyz fails for longer than a failover takes', () => {
    const { startupProbe, livenessProbe, readinessProbe } = container
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet: { path, port } }) => `${port} ${path}`))
      .toEqual(['http /livez', 'http /livez', 'http /readyz'])
    const downAfter = Number(/down-after-milliseconds mymaster (\d+)/.exec(manifest('ConfigMap').data['sentinel.conf'])?.[1])
    const unready = readinessProbe.periodSeconds * ((readinessProbe.failureThreshold ?? 3) - 1) * 1000
    expect(unready).toBeGreaterThan(downAfter + 2000)
    expect(settings.waitForMasterMs).toBeGreaterThan(downAfter + 2000)
  })

  it('lets clients finish when a pod ends, and keeps one proxy when pods are evicted', () => {
    const pause = Number(container.lifecycle?.preStop.exec.command[1])
    expect(pause).toBeGreaterThan(0)
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(pause * 1000 + settings.drainMs)
    expect(replicas - proxyManifest('PodDisruptionBudget').spec.maxUnavailable).toBeGreaterThanOrEqual(1)
  })

  it('is confined, and writes to memory only', () => {
    expect(container.securityContext).toEqual(manifest('StatefulSet').spec.template.spec.containers[0].securityContext)
    expect(pod.securityContext).toEqual(manifest('StatefulSet').spec.template.spec.securityContext)
    expect(pod.automountServiceAccountToken).toBe(false)
    expect(container.volumeMounts.filter(({ readOnly }) => readOnly !== true)).toEqual([{ name: 'tmp', mountPath: '/tmp' }])
    expect(pod.volumes.find(({ name }) => name === 'tmp')).toMatchObject({ emptyDir: { medium: 'Memory' } })
  })

  it('adds the password of the sentinels to proxy.conf', () => {
    const [init, dashes, shell = '', flag = '', script = ''] = container.command
    expect([init, dashes]).toEqual(['tini', '--'])
    const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-proxy-example-'))
    try {
      writeFileSync(join(folder, 'mounted.conf'), conf)
      writeFileSync(join(folder, 'sentinel-password'), 'of sentinels')
      const places = {
        '/etc/ts-sentinel/proxy.conf': 'mounted.conf', '/run/secrets/ts-sentinel/': '', '/tmp/': '', 'exec ts-sentinel proxy': 'exec echo started with',
      }
      const command = Object.entries(places).reduce((made, [place, other]) => made.replaceAll(place, other), script)
      const { stdout, stderr, status } = spawnSync(shell, [flag, command], { cwd: folder, encoding: 'utf8' })
      expect({ stdout, stderr, status }).toEqual({ stdout: 'started with proxy.conf\n', stderr: '', status: 0 })
      expect(settingsOf(readFileSync(join(folder, 'proxy.conf'), 'utf8')))
        .toEqual({ ...settings, sentinelLogin: { user: undefined, password: 'of sentinels' } })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

// docs/proxy.md has every metric and no others, which another test checks.
it.each(['prometheus-proxy-alerts.yml', 'grafana-dashboard.json'])('%s uses only metrics that the proxy has', (file) => {
  const used = (path: string): string[] => [...readProjectFile(path).matchAll(/ts_sentinel_proxy_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ''))
  const known = used('docs/proxy.md')
  const names = used(`conf/examples/${file}`)
  expect(names.length).toBeGreaterThan(8)
  expect(names.filter((name) => !known.includes(name))).toEqual([])
})
