/** The examples for Kubernetes, Compose and Docker: what can be checked of them without a cluster. */
import { describe, expect, it } from 'vitest'

import { parseExtensions } from '../../src/extensions/index.ts'
import { compose, manifest, manifests, type Party } from './container-files.ts'
import { readProjectFile } from './project-files.ts'

const { version } = JSON.parse(readProjectFile('package.json')) as { readonly version: string }

/** The name of an image and its whole version, as in redis:7.0.15-bookworm. */
const PINNED = /^[\w./-]+:\d+\.\d+\.\d+(?:-[a-z0-9-]+)?$/

/** The words behind this directive of a sentinel.conf. */
function directive(file: string, name: string): string {
  const line = file.split('\n').find((one) => one.startsWith(`${name} `)) ?? ''
  return line.slice(name.length + 1)
}

describe('kubernetes.yaml', () => {
  const { spec: set } = manifest('StatefulSet')
  const pod = set.template.spec
  const [container] = pod.containers
  const { data: config } = manifest('ConfigMap')
  const labels = set.template.metadata.labels
  const mountOf = (path: string) => (
    container.volumeMounts.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`))
  )

  it('has one object of each kind, under one name and label', () => {
    const all = manifests()
    expect(all.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 Secret', 'v1 ConfigMap', 'v1 Service', 'networking.k8s.io/v1 NetworkPolicy', 'policy/v1 PodDisruptionBudget',
      'apps/v1 StatefulSet',
    ])
    const metadata = { name: 'ts-sentinel', labels: { 'app.kubernetes.io/name': 'ts-sentinel' } }
    for (const one of all) expect(one).toMatchObject({ metadata })
  })

  it('selects the pods of the StatefulSet everywhere', () => {
    const apart = pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution
    const selected = [
      set.selector.matchLabels, manifest('Service').spec.selector, manifest('NetworkPolicy').spec.podSelector.matchLabels,
      manifest('PodDisruptionBudget').spec.selector.matchLabels,
      ...[...apart, ...pod.topologySpreadConstraints].map(({ labelSelector }) => labelSelector.matchLabels),
    ]
    expect(selected.length).toBe(6)
    for (const one of selected) expect(one).toEqual(labels)
  })

  it('takes every password from the Secret, which not all users can read and which has none as shipped', () => {
    const { stringData } = manifest('Secret')
    const used = [...config['ts-sentinel.ini'].matchAll(/^(\S+-file) = (\S+)$/gm)]
    expect(used.map(([, key]) => key)).toEqual(['token-file', 'requirepass-file', 'auth-pass-file'])
    const folder = '/run/secrets/ts-sentinel'
    expect(used.map(([, , path = '']) => path).sort()).toEqual(Object.keys(stringData).map((key) => `${folder}/${key}`).sort())
    expect(mountOf(`${folder}/redis-password`)).toMatchObject({ mountPath: folder, readOnly: true })
    expect(pod.volumes.find(({ name }) => name === mountOf(`${folder}/redis-password`)?.name)?.secret)
      .toEqual({ secretName: 'ts-sentinel', defaultMode: 0o440 })
    expect(new Set(Object.values(stringData))).toEqual(new Set(['']))
    expect(config['sentinel.conf']).not.toMatch(/requirepass|auth-pass|sentinel-pass|protected-mode/)
    const settings = parseExtensions(config['ts-sentinel.ini'], { isEventPattern: () => true })
    expect(settings).toMatchObject({ ok: true })
  })

  it('allows connections to the sentinel port, the Redis port, the HTTP port and DNS, and no others', () => {
    const { policyTypes, ingress, egress } = manifest('NetworkPolicy').spec
    const party = ({ podSelector, namespaceSelector }: Party) => (
      Object.entries({ ...podSelector?.matchLabels, ...namespaceSelector?.matchLabels }).map((pair) => pair.join('=')).join()
    )
    const allowed = (rules: typeof ingress) => rules.map(({ from, to, ports }) => [
      (from ?? to)?.map(party) ?? 'all', ports.map(({ port, protocol }) => `${port}/${protocol}`),
    ])
    const sentinels = 'app.kubernetes.io/name=ts-sentinel'
    expect(policyTypes).toEqual(['Ingress', 'Egress'])
    expect(allowed(ingress)).toEqual([
      [[sentinels, 'ts-sentinel-client=true'], ['26379/TCP']], [['kubernetes.io/metadata.name=monitoring'], ['26380/TCP']],
    ])
    expect(allowed(egress)).toEqual([
      [[sentinels], ['26379/TCP']], [['app.kubernetes.io/name=redis'], ['6379/TCP']], ['all', ['53/UDP', '53/TCP']],
    ])
  })

  it('never puts two sentinels on one node, and spreads them over the zones', () => {
    const { requiredDuringSchedulingIgnoredDuringExecution: rules } = pod.affinity.podAntiAffinity
    expect(rules.map(({ topologyKey }) => topologyKey)).toEqual(['kubernetes.io/hostname'])
    expect(pod.topologySpreadConstraints).toMatchObject([{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1 }])
  })

  it('leaves a majority and the quorum when pods are evicted', () => {
    const left = set.replicas - manifest('PodDisruptionBudget').spec.maxUnavailable
    const quorum = Number(directive(config['sentinel.conf'], 'sentinel monitor mymaster').split(' ')[2])
    expect(left).toBeGreaterThan(set.replicas / 2)
    expect(left).toBeGreaterThanOrEqual(quorum)
    expect(quorum).toBe(2)
    // Sentinels are not ready before they know each other.
    expect(set.podManagementPolicy).toBe('Parallel')
    expect(manifest('Service').spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true })
  })

  it('keeps the state on the volume of the pod, and everything else but /tmp read-only', () => {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] },
    })
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } })
    expect(pod.automountServiceAccountToken).toBe(false)
    const state = mountOf(directive(config['sentinel.conf'], 'sentinel state-config-file'))
    expect(set.volumeClaimTemplates.map(({ metadata }) => metadata.name)).toEqual([state?.name])
    expect(state?.readOnly).toBeUndefined()
    expect(mountOf(directive(config['sentinel.conf'], 'dir'))).toEqual({ name: 'tmp', mountPath: '/tmp' })
    const main = mountOf(container.command[3] ?? '')
    expect(main).toMatchObject({ mountPath: '/etc/ts-sentinel', readOnly: true })
    expect(pod.volumes.find(({ name }) => name === main?.name)?.configMap).toEqual({ name: 'ts-sentinel' })
    const known = [...pod.volumes, ...set.volumeClaimTemplates.map(({ metadata }) => metadata)].map(({ name }) => name)
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual(known.sort())
  })

  it('ends a sentinel only when /livez fails: /readyz fails in TILT and without a quorum, too', () => {
    const { startupProbe, livenessProbe, readinessProbe } = container
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet: { path, port } }) => `${port} ${path}`))
      .toEqual(['http /livez', 'http /livez', 'http /readyz'])
    expect(startupProbe.periodSeconds * (startupProbe.failureThreshold ?? 3)).toBeGreaterThanOrEqual(30)
  })

  it('has the same ports and names in the Service, the pods and their configuration', () => {
    const { spec: { ports } } = manifest('Service')
    const http = parseExtensions(config['ts-sentinel.ini'], { isEventPattern: () => true })
    expect(http).toMatchObject({ settings: { http: { host: '*', port: 26_380 } } })
    const opened = [['sentinel', Number(directive(config['sentinel.conf'], 'port'))], ['http', 26_380]]
    expect(container.ports.map(({ name, containerPort }) => [name, containerPort])).toEqual(opened)
    expect(ports.map(({ targetPort, port }) => [targetPort, port])).toEqual(opened)
    expect(set.serviceName).toBe(manifest('Service').metadata.name)
    expect(container.command.at(-1)).toBe(`$(POD_NAME).${set.serviceName}.$(POD_NAMESPACE).svc.cluster.local`)
    expect(config['ts-sentinel.ini']).toContain(`allowed-hosts = *.${set.serviceName}.default.svc.cluster.local\n`)
  })

  it('uses the image of this version', () => {
    expect(container.image).toBe(`ts-sentinel:${version}`)
  })
})

describe('compose.yaml', () => {
  const { services, volumes, configs } = compose()
  const all = Object.entries(services)

  it('has three Redis servers and three sentinels, each with its own name and volume, and a proxy that keeps nothing', () => {
    const fleet = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3']
    expect(all.map(([name]) => name)).toEqual([...fleet, 'proxy'])
    for (const name of fleet) expect(services[name]).toMatchObject({ hostname: name, volumes: [`${name}:/data`] })
    expect(services['proxy']?.volumes).toBeUndefined()
    expect(Object.keys(volumes)).toEqual(fleet)
    expect(directive(configs.sentinel.content, 'sentinel monitor mymaster')).toBe('redis-1 6379 2')
  })

  it('has a health check for every service', () => {
    for (const [name, { healthcheck }] of all) {
      expect(healthcheck, name).toMatchObject({ retries: 3, interval: '5s', timeout: '3s' })
      expect(healthcheck?.test.slice(0, 2), name).toEqual(['CMD', name.startsWith('redis') ? 'redis-cli' : 'node'])
    }
  })

  it('starts the sentinels when the Redis servers are healthy, and the proxy when the sentinels are', () => {
    const healthy = { condition: 'service_healthy' }
    expect(services['proxy']?.depends_on).toEqual({ 'sentinel-1': healthy, 'sentinel-2': healthy, 'sentinel-3': healthy })
    for (const [name, { depends_on: needed }] of all.filter(([name]) => name.startsWith('sentinel'))) {
      expect(needed, name).toEqual({ 'redis-1': healthy, 'redis-2': healthy, 'redis-3': healthy })
    }
  })

  it('uses images of one version each, that of this package for the sentinels', () => {
    for (const [name, { image }] of all) expect(image, name).toMatch(PINNED)
    for (const name of ['sentinel-1', 'proxy']) expect(services[name]?.image).toBe(`ts-sentinel:${version}`)
  })

  it('runs on a read-only root file system without capabilities, and can be reached from this machine only', () => {
    for (const [, service] of all) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
    }
    expect(all.flatMap(([, { ports = [] }]) => ports)).toEqual([
      '127.0.0.1:26379:26379', '127.0.0.1:26380:26380', '127.0.0.1:7777:6379', '127.0.0.1:7778:6380',
    ])
  })
})

describe('the Dockerfile', () => {
  const text = readProjectFile('conf/examples/Dockerfile')

  it('builds and runs on one base image, pinned by version', () => {
    const base = /^ARG NODE_IMAGE=(\S+)$/m.exec(text)?.[1] ?? ''
    expect(base).toMatch(PINNED)
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}'])
    expect(text).toContain(`--tag ts-sentinel:${version} .`)
  })
})

it.each(['Dockerfile', 'compose.yaml', 'kubernetes.yaml', 'kubernetes-proxy.yaml'])('%s explains how to pin an image by digest, and uses no latest', (file) => {
  const text = readProjectFile(`conf/examples/${file}`)
  expect(text).toContain('@sha256:DIGEST')
  expect(text).not.toMatch(/\blatest\b/)
})
