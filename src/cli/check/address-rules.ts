/** Rules about names and addresses: whether sentinels, nodes and clients can reach each other by them. */
import { isIP } from 'node:net'

import type { DurableAddress, DurableMaster } from '../../core/index.ts'
import { addressText } from '../../explain/index.ts'
import { isLoopback } from '../../text/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'
import { isPlaceholder } from './login-rules.ts'

const USUAL_SENTINEL_PORT = 26_379

export function checkAddresses(file: LoadedFile): Finding[] {
  const { masters } = file.config.durable
  return [
    ...masters.flatMap((master) => masterFindings(file, master)), ...duplicates(file), ...announceFindings(file),
    ...listenFindings(file), ...masters.flatMap((master) => mixedFindings(file, master)),
  ]
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function masterFindings({ config, place }: LoadedFile, master: DurableMaster): Finding[] {
  const where = place('sentinel', 'monitor', master.name)
  if (isOwnAddress(config, master)) {
    return [finding('error', 'monitors-itself', where, [
      `${master.name} is monitored at ${addressText(master)}, the address of this sentinel: it would watch itself`,
      'write the address of the master, a data node, whose usual port is 6379',
    ])]
  }
  if (isAnyAddress(master.host)) {
    return [finding('error', 'monitor-any-address', where, [
      `${master.name} is monitored at ${master.host}, which is not the address of a machine`, 'write the address that clients use',
    ])]
  }
  if (!isLoopback(master.host)) {
    return master.port !== USUAL_SENTINEL_PORT ? [] : [finding('warning', 'monitor-sentinel-port', where, [
      `${master.name} is monitored at ${addressText(master)}, and ${USUAL_SENTINEL_PORT} is the usual port of sentinels, not of data nodes`,
      'write the port of the master: 6379 is usual',
    ])]
  }
  const { announceIp } = config.durable
  const others = [...master.sentinels, ...master.replicas].map(({ host }) => host)
  const elsewhere = [...others, ...announceIp === undefined ? [] : [announceIp]].find((host) => !isLoopback(host))
  return elsewhere === undefined ? [] : [finding('error', 'monitor-loopback', where, [
    `${master.name} is monitored at ${master.host}, a loopback address that other machines cannot reach (${elsewhere} is known)`,
    'write an address that all sentinels, replicas and clients can reach',
  ])]
}

function isOwnAddress({ settings: { bind, port, tlsPort } }: LoadedFile['config'], master: DurableMaster): boolean {
  const isHere = isLoopback(master.host) || boundHosts(bind).includes(master.host)
  return isHere && [port, tlsPort].includes(master.port)
}

/** Without the `-` before an address that may be missing on this machine. */
function boundHosts(bind: readonly string[]): string[] {
  return bind.map((host) => host.replace(/^-/, ''))
}

function duplicates({ config, place }: LoadedFile): Finding[] {
  const { masters } = config.durable
  return masters.flatMap((master, at) => {
    const twin = masters.findIndex(({ host, port }) => host === master.host && port === master.port)
    const first = masters[twin]
    return twin === at || first === undefined ? [] : [finding('error', 'same-address', place('sentinel', 'monitor', master.name), [
      `${master.name} and ${first.name} are monitored at the same address ${addressText(master)}`,
      'monitor each master once; with two names there are two elections about one node',
    ])]
  })
}

function announceFindings({ config, place }: LoadedFile): Finding[] {
  const { announceIp, announcePort, resolveHostnames, masters } = config.durable
  const where = place('sentinel', 'announce-ip')
  if (announceIp === undefined) {
    return announcePort === 0 || announcePort === config.settings.port ? [] : [
      finding('advice', 'announce-port-alone', place('sentinel', 'announce-port'), [
        `announce-port is ${announcePort}, but there is no announce-ip: the local address of this machine is announced`,
        'set announce-ip as well behind NAT or in a container',
      ]),
    ]
  }
  if (isAnyAddress(announceIp)) {
    return [finding('error', 'announce-any-address', where, [
      `announce-ip is ${announceIp}, which is not the address of a machine`, 'announce the address at which the other sentinels reach this one',
    ])]
  }
  const remote = masters.find(({ host }) => !isLoopback(host))
  if (isLoopback(announceIp) && remote !== undefined) {
    return [finding('error', 'announce-loopback', where, [
      `announce-ip is ${announceIp}, but ${remote.name} is on another machine: other sentinels cannot reach this one at a loopback address`,
      'announce the address at which the other sentinels reach this one',
    ])]
  }
  if (isIP(announceIp) !== 0) return announcedByOther(config, place)
  const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(announceIp) ?? []
  if (host !== undefined && port !== undefined) {
    return [finding('error', 'announce-with-port', where, [
      `announce-ip is ${announceIp}, an address with a port: the other sentinels cannot use it`,
      `write \`sentinel announce-ip ${host}\` and \`sentinel announce-port ${port}\``,
    ])]
  }
  return resolveHostnames || isPlaceholder(announceIp) ? [] : [finding('error', 'announce-name', where, [
    `announce-ip is the name ${announceIp}, but resolve-hostnames is no: sentinels do not resolve names then`,
    'set `sentinel resolve-hostnames yes` on all sentinels, or announce an address',
  ])]
}

/** The port that the other sentinels get. */
export function announcedPort({ settings: { tls, tlsPort, port }, durable: { announcePort } }: LoadedFile['config']): number {
  if (announcePort !== 0) return announcePort
  return tls.replication && tlsPort !== 0 ? tlsPort : port
}

/** A file that was copied from another sentinel, or from a data node's settings. */
function announcedByOther(config: LoadedFile['config'], place: LoadedFile['place']): Finding[] {
  const { announceIp = '', masters, myId } = config.durable
  const port = announcedPort(config)
  const isSame = (other: DurableAddress) => other.host === announceIp && other.port === port
  const where = place('sentinel', 'announce-ip')
  const address = addressText({ host: announceIp, port })
  const ofPeer = masters.find(({ sentinels }) => sentinels.some((one) => isSame(one) && one.runId !== myId))
  if (ofPeer !== undefined) {
    return [finding('error', 'announce-of-other', where, [
      `this sentinel announces ${address}, which is the address of another sentinel of ${ofPeer.name} in the same file: a file was copied`,
      'announce the address at which the others reach this sentinel',
    ])]
  }
  const ofNode = masters.find((master) => [master, ...master.replicas].some(isSame))
  return ofNode === undefined ? [] : [finding('error', 'announce-of-node', where, [
    `this sentinel announces ${address}, which is a data node of ${ofNode.name}`,
    'announce the address and the port of this sentinel itself: 26379 is the usual port',
  ])]
}

function listenFindings({ config, place }: LoadedFile): Finding[] {
  const { settings: { bind, protectedMode, requirepass, users, port }, durable: { masters } } = config
  if (port === 0 && config.settings.tlsPort === 0 && masters.length > 0) {
    return [finding('error', 'not-listening', place('port'), [
      'port is 0 and there is no tls-port: neither clients nor other sentinels can connect', 'write `port 26379`, or set up tls-port',
    ])]
  }
  const remote = masters.find(({ host }) => !isLoopback(host))
  if (remote === undefined || port === 0) return []
  const hosts = boundHosts(bind)
  if (hosts.length > 0 && hosts.every(isLoopback)) {
    return [finding('error', 'bind-loopback', place('bind'), [
      `this sentinel listens only on ${hosts.join(' ')}, but ${remote.name} is on another machine: other sentinels cannot ask for its vote`,
      'bind an address that the other sentinels can reach, and set requirepass where the network is shared',
    ])]
  }
  const isOpen = requirepass === undefined && !users.some(({ name }) => name === 'default')
  return protectedMode && isOpen ? [
    finding('error', 'protected-mode', place('protected-mode'), [
      'protected-mode is yes and there is no password: connections from other machines, and so from other sentinels, are refused',
      'set `protected-mode no`, or set requirepass and sentinel-pass',
    ]),
  ] : []
}

/** Clients and replicas compare addresses as texts: the name and the address of one node count as two nodes. */
function mixedFindings({ config, place }: LoadedFile, master: DurableMaster): Finding[] {
  const { announceHostnames, announceIp } = config.durable
  const hosts = [master, ...master.replicas, ...master.sentinels].map(({ host }) => host)
  const names = hosts.filter((host) => isIP(host) === 0)
  const addresses = hosts.filter((host) => isIP(host) !== 0)
  const [name] = names
  if (name === undefined) return []
  const where = place('sentinel', 'monitor', master.name)
  const [address] = addresses
  if (address !== undefined) {
    return [finding('warning', 'mixed-names', where, [
      `${master.name} has host names (${name}) and IP addresses (${address}): clients and replicas compare them as texts`,
      'use names everywhere, with announce-hostnames and replica-announce-ip, or addresses everywhere',
    ])]
  }
  return announceHostnames || announceIp !== undefined ? [] : [finding('advice', 'names-not-announced', where, [
    `${master.name} is known by the name ${name}, but clients get IP addresses`,
    'set `sentinel announce-hostnames yes` where clients or certificates need names',
  ])]
}
