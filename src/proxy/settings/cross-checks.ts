/** Checks of settings that must fit each other, once all lines have been read. */
import { defaultDraft, type Draft } from './settings.ts'

/** A rule about several directives: the one to name, and what is wrong. */
interface Rule {
  readonly about: string
  readonly isBroken: (draft: Draft) => boolean
  readonly problem: string
}

const hasReadPort = ({ readPort, tlsReadPort }: Draft): boolean => readPort !== 0 || tlsReadPort !== 0
const listensWithTls = ({ tlsPort, tlsReadPort }: Draft): boolean => tlsPort !== 0 || tlsReadPort !== 0
const hasTrust = ({ tls }: Draft): boolean => tls.caCertFile !== undefined || tls.caCertDir !== undefined

function without(about: string, isSet: (draft: Draft) => boolean): Rule {
  return {
    about, isBroken: (draft) => isSet(draft) && !hasReadPort(draft) && draft.mode === 'pipe',
    problem: `${about} has no effect without read-port: add read-port, or remove it`,
  }
}

/** A directive of route mode. */
function onlyRoute(about: string, isSet: (draft: Draft) => boolean): Rule {
  return {
    about, isBroken: (draft) => isSet(draft) && draft.mode === 'pipe',
    problem: `${about} has no effect in pipe mode: add mode route, or remove it`,
  }
}

/** A port of pipe mode. */
function onlyPipe(about: string, isSet: (draft: Draft) => boolean): Rule {
  return {
    about, isBroken: (draft) => isSet(draft) && draft.mode === 'route',
    problem: `${about} is not used in route mode, where port serves reads by read-from: remove it, or use mode pipe`,
  }
}

const DEFAULTS = defaultDraft()

const RULES: readonly Rule[] = [
  { about: 'sentinel', isBroken: ({ sentinels }) => sentinels.length === 0, problem: 'no sentinel is given: add a line such as sentinel 10.0.0.1:26379' },
  { about: 'master', isBroken: ({ masterName }) => masterName === '', problem: 'no master is given: add the name that the sentinels monitor, such as master mymaster' },
  {
    about: 'port',
    isBroken: ({ port, tlsPort, unixSocket }) => port === 0 && tlsPort === 0 && unixSocket === undefined,
    problem: 'nothing to listen on: set port, tls-port or unixsocket',
  },
  {
    about: 'sentinel-user', isBroken: ({ sentinelUser, sentinelPassword }) => sentinelUser !== undefined && sentinelPassword === undefined,
    problem: 'sentinel-user needs a password: add sentinel-auth',
  },
  {
    about: 'auth-user', isBroken: ({ nodeUser, nodePassword }) => nodeUser !== undefined && nodePassword === undefined,
    problem: 'auth-user needs a password: add auth',
  },
  {
    about: 'client-auth', isBroken: ({ isAuthPassedOn, clientPassword }) => isAuthPassedOn && clientPassword !== undefined,
    problem: 'client-auth is not used with auth passthrough, where the nodes check the logins of clients: remove one of them',
  },
  onlyPipe('read-port', ({ readPort }) => readPort !== 0),
  onlyPipe('tls-read-port', ({ tlsReadPort }) => tlsReadPort !== 0),
  onlyRoute('client-auth', ({ clientPassword }) => clientPassword !== undefined),
  onlyRoute('read-after-write', ({ readAfterWriteMs }) => readAfterWriteMs !== DEFAULTS.readAfterWriteMs),
  onlyRoute('disable-multiplexing', ({ isMultiplexed }) => !isMultiplexed),
  onlyRoute('connections-pool-size', ({ poolSize }) => poolSize !== DEFAULTS.poolSize),
  {
    about: 'auth', isBroken: (draft) => draft.mode === 'route' && draft.nodePassword !== undefined && draft.clientPassword === undefined && !draft.isAuthPassedOn,
    problem: 'in route mode clients use the nodes with this login: add client-auth, client-auth "" where they need no password, or auth passthrough where they have logins of their own',
  },
  without('read-from', (draft) => draft.readFrom !== 'prefer-replica'),
  without('zone', ({ zone }) => zone !== undefined),
  without('node-zone', ({ nodeZones }) => nodeZones.size > 0),
  without('max-lag', ({ maxLagBytes }) => maxLagBytes !== undefined),
  {
    about: 'node-zone', isBroken: ({ nodeZones, zone }) => nodeZones.size > 0 && zone === undefined,
    problem: 'node-zone has no effect without zone: add the zone of this proxy',
  },
  {
    about: 'tls-port', isBroken: (draft) => listensWithTls(draft) && (draft.tls.certFile === undefined || draft.tls.keyFile === undefined),
    problem: 'a port with TLS needs a certificate: add tls-cert-file and tls-key-file',
  },
  {
    about: 'tls-auth-clients', isBroken: (draft) => listensWithTls(draft) && draft.tls.authClients !== 'no' && !hasTrust(draft),
    problem: 'certificates of clients cannot be checked: add tls-ca-cert-file, or tls-auth-clients no',
  },
  {
    about: 'tls-nodes', isBroken: (draft) => (draft.tlsNodes || draft.tlsSentinels) && !hasTrust(draft),
    problem: 'TLS to nodes or sentinels needs authorities to trust: add tls-ca-cert-file',
  },
  {
    about: 'unixsocketperm', isBroken: ({ unixSocket, unixSocketMode }) => unixSocketMode !== undefined && unixSocket === undefined,
    problem: 'unixsocketperm has no effect without unixsocket: add unixsocket, or remove it',
  },
]

/** `places` has, by directive, where its last line is. */
export function crossProblems(draft: Draft, places: ReadonlyMap<string, string>, file: string | undefined): string[] {
  const broken = RULES.find(({ isBroken }) => isBroken(draft))
  if (broken !== undefined) return [`${places.get(broken.about) ?? file ?? 'command line'}: ${broken.problem}`]
  return portProblems(draft, places)
}

/** Two listeners on one port. */
function portProblems(draft: Draft, places: ReadonlyMap<string, string>): string[] {
  const ports: readonly (readonly [string, number])[] = [
    ['port', draft.port], ['read-port', draft.readPort], ['tls-port', draft.tlsPort], ['tls-read-port', draft.tlsReadPort],
    ['http', draft.http?.port ?? 0],
  ]
  return ports.flatMap(([name, port], at) => {
    const other = ports.slice(0, at).find(([, known]) => known === port && port !== 0)
    return other === undefined ? [] : [`${places.get(name) ?? 'command line'}: ${name} ${port} is also ${other[0]}: give another port`]
  })
}
