/** The examples for containers, read as YAML, with the fields that the tests look at. */
import { parse, parseAllDocuments } from 'yaml'

import { readProjectFile } from './project-files.ts'

type Labels = Readonly<Record<string, string>>

/** What every object of Kubernetes has. */
interface Manifest {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: { readonly name: string, readonly labels: Labels }
}

interface Selector {
  readonly matchLabels: Labels
}

interface Probe {
  readonly httpGet: { readonly path: string, readonly port: string }
  readonly periodSeconds: number
  readonly failureThreshold?: number
}

/** One side of a rule of a NetworkPolicy. */
export interface Party {
  readonly podSelector?: Selector
  readonly namespaceSelector?: Selector
}

interface PolicyRule {
  readonly from?: readonly Party[]
  readonly to?: readonly Party[]
  readonly ports: readonly { readonly port: number, readonly protocol: string }[]
}

interface Container {
  readonly image: string
  readonly command: readonly string[]
  readonly ports: readonly { readonly name: string, readonly containerPort: number }[]
  readonly startupProbe: Probe
  readonly livenessProbe: Probe
  readonly readinessProbe: Probe
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly volumeMounts: readonly { readonly name: string, readonly mountPath: string, readonly readOnly?: boolean }[]
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } }
}

interface PodSpec {
  readonly automountServiceAccountToken: boolean
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly affinity: { readonly podAntiAffinity: {
    readonly requiredDuringSchedulingIgnoredDuringExecution: readonly {
      readonly topologyKey: string
      readonly labelSelector: Selector
    }[]
  } }
  readonly topologySpreadConstraints: readonly {
    readonly topologyKey: string
    readonly maxSkew: number
    readonly labelSelector: Selector
  }[]
  readonly containers: readonly [Container]
  readonly volumes: readonly {
    readonly name: string
    readonly configMap?: { readonly name: string }
    readonly secret?: { readonly secretName: string, readonly defaultMode: number }
  }[]
}

/** The objects of kubernetes.yaml by their kind. */
export interface Manifests {
  readonly Secret: Manifest & { readonly stringData: Readonly<Record<string, string>> }
  readonly ConfigMap: Manifest & { readonly data: Readonly<Record<'sentinel.conf' | 'ts-sentinel.ini', string>> }
  readonly Service: Manifest & { readonly spec: {
    readonly clusterIP: string
    readonly publishNotReadyAddresses: boolean
    readonly selector: Labels
    readonly ports: readonly { readonly name: string, readonly port: number, readonly targetPort: string }[]
  } }
  readonly NetworkPolicy: Manifest & { readonly spec: {
    readonly podSelector: Selector
    readonly policyTypes: readonly string[]
    readonly ingress: readonly PolicyRule[]
    readonly egress: readonly PolicyRule[]
  } }
  readonly PodDisruptionBudget: Manifest & {
    readonly spec: { readonly maxUnavailable: number, readonly selector: Selector }
  }
  readonly StatefulSet: Manifest & { readonly spec: {
    readonly serviceName: string
    readonly replicas: number
    readonly podManagementPolicy: string
    readonly selector: Selector
    readonly template: { readonly metadata: { readonly labels: Labels }, readonly spec: PodSpec }
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[]
  } }
}

/** The objects of kubernetes-proxy.yaml by their kind. */
export interface ProxyManifests {
  readonly ConfigMap: Manifest & { readonly data: Readonly<Record<'proxy.conf', string>> }
  readonly Service: Manifests['Service']
  readonly NetworkPolicy: Manifests['NetworkPolicy']
  readonly PodDisruptionBudget: Manifests['PodDisruptionBudget']
  readonly Deployment: Manifest & { readonly spec: {
    readonly replicas: number
    readonly selector: Selector
    readonly template: {
      readonly metadata: { readonly labels: Labels }
      readonly spec: PodSpec & { readonly terminationGracePeriodSeconds: number }
    }
  } }
}

const filesRead = new Map<string, readonly Manifest[]>()

/** The objects of this file. @throws Error when the file is no YAML, or has a key twice */
export function manifests(file = 'kubernetes.yaml'): readonly Manifest[] {
  const known = filesRead.get(file)
  if (known !== undefined) return known
  const read = parseAllDocuments(readProjectFile(`conf/examples/${file}`)).map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw error
    return document.toJS() as Manifest
  })
  filesRead.set(file, read)
  return read
}

/** The object of this kind in kubernetes.yaml. @throws Error when there is none */
export function manifest<Kind extends keyof Manifests>(kind: Kind): Manifests[Kind] {
  return ofKind('kubernetes.yaml', kind) as Manifests[Kind]
}

/** The object of this kind in kubernetes-proxy.yaml. @throws Error when there is none */
export function proxyManifest<Kind extends keyof ProxyManifests>(kind: Kind): ProxyManifests[Kind] {
  return ofKind('kubernetes-proxy.yaml', kind) as ProxyManifests[Kind]
}

function ofKind(file: string, kind: string): Manifest {
  const found = manifests(file).find((one) => one.kind === kind)
  if (found === undefined) throw new Error(`conf/examples/${file} has no ${kind}`)
  return found
}

/** One service of compose.yaml. */
export interface ComposeService {
  readonly image: string
  readonly hostname: string
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly command: string | readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly stop_grace_period?: string
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: {
    readonly test: readonly string[]
    readonly interval: string
    readonly timeout: string
    readonly start_period: string
    readonly retries: number
  }
}

/** compose.yaml with its anchors and merges resolved. */
export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly configs: Readonly<Record<'sentinel' | 'settings' | 'proxy', { readonly content: string }>>
}

export function compose(): Compose {
  return parse(readProjectFile('conf/examples/compose.yaml'), { merge: true }) as Compose
}
