/** Rules about contact with a node: connection, login, and the commands that a sentinel may use. */
import type { DurableMaster } from '../../core/index.ts'
import { finding, type Finding, type Level } from './finding.ts'
import { whereOf, type NodeReport, type Rights, type ServerKind } from './node-report.ts'

const NEEDED_RULES = '+multi +exec +slaveof +ping +info +publish +subscribe +config|rewrite +client|kill +client|setname'
  + ' +script|kill &__sentinel__:hello'

/** Redis 7 and newer have functions; older servers refuse a rule about them. */
const NEEDED_RULES_7 = `${NEEDED_RULES} +function|kill`

/** Added for SENTINEL FAILOVER ... COORDINATED, from Redis 6.2 on. */
const COORDINATED_RULES = '+failover +client|pause +client|unpause +replconf'

export function contactFindings(report: NodeReport): Finding[] {
  const { contact, master } = report
  const where = whereOf(report)
  switch (contact.kind) {
    case 'unreachable':
      return [unreachable(report, contact.reason, contact.speaks)]
    case 'no-login':
      return [noLogin(report, contact.error)]
    case 'answers':
      if (contact.server !== 'data-node') return [otherServer(report, contact.server)]
      return [
        ...latency(report, contact.roundTripMs),
        ...contact.loginNotNeeded ? [finding('warning', 'login-not-needed', where, [
          `auth-pass is set for ${master.name}, but ${where} has no password: one of the two is a mistake`,
          'set requirepass on every node of the group, or remove auth-pass',
        ])] : [],
        ...rightFindings(contact.rights, where, master),
      ]
  }
}

function otherServer(report: NodeReport, server: Exclude<ServerKind, 'data-node'>): Finding {
  const { master, namedBy } = report
  const where = whereOf(report)
  const line = namedBy === 'monitor' ? `sentinel monitor ${master.name}` : `sentinel known-replica ${master.name}`
  return server === 'sentinel'
    ? finding('error', `${CODES[namedBy]}-is-sentinel`, where, [
        `${where} is a sentinel, and the line \`${line}\` needs a data node: the sentinel would take it for a master that is down`,
        'write the address of the redis-server, whose usual port is 6379; other sentinels are found through the master',
      ])
    : finding('error', `${CODES[namedBy]}-is-cluster-node`, where, [
        `${where} runs in cluster mode (cluster_enabled:1): Redis Cluster fails over by itself, and refuses the orders of sentinels`,
        'monitor a server without cluster mode, or use no sentinels for this cluster',
      ])
}

const CODES: Readonly<Record<NodeReport['namedBy'], string>> = { monitor: 'monitored', file: 'replica', master: 'replica' }

/** How many round trips down-after-milliseconds has room for at least. */
const ROUND_TRIPS_MIN = 10

function latency(report: NodeReport, roundTripMs: number): Finding[] {
  const { master: { name, settings: { downAfterMs } } } = report
  const where = whereOf(report)
  return downAfterMs >= ROUND_TRIPS_MIN * roundTripMs ? [] : [finding('warning', 'down-after-latency', where, [
    `${where} takes ${roundTripMs.toFixed(0)} ms to answer PING, and down-after-milliseconds of ${name} is ${downAfterMs}: a few slow answers cause a failover`,
    `use ${Math.ceil(ROUND_TRIPS_MIN * roundTripMs / 1000) * 1000} or more, or find out why the answer is slow (redis-cli --latency)`,
  ])]
}

function unreachable({ master, namedBy, ...report }: NodeReport, reason: string, speaks: 'tls' | 'plain' | undefined): Finding {
  const where = whereOf(report)
  if (speaks === 'tls') {
    return finding('error', 'tls-expected', where, [
      `${where} requires TLS, but the sentinel connects without TLS (${reason})`,
      'set `tls-replication yes` and the tls- files, or write the plain port',
    ])
  }
  if (speaks === 'plain') {
    return finding('error', 'tls-not-spoken', where, [
      `the sentinel connects with TLS (tls-replication), but ${where} does not support it (${reason})`,
      'write the tls-port of the node, or set `tls-replication no`',
    ])
  }
  const level: Level = namedBy === 'monitor' ? 'error' : 'warning'
  const [what, todo] = namedBy === 'monitor'
    ? ['master', 'start the node, or correct the address']
    : namedBy === 'master'
      ? ['replica', 'allow connections to it; behind NAT or in containers set its replica-announce-ip and replica-announce-port']
      : ['known-replica', 'start the node; if it was removed for good, run SENTINEL RESET']
  return finding(level, 'unreachable', where, [`${where}, the ${what} of ${master.name}, cannot be reached: ${reason}`, todo])
}

function noLogin({ master, ...report }: NodeReport, error: string): Finding {
  const where = whereOf(report)
  return master.settings.authPass === undefined
    ? finding('error', 'auth-missing', where, [
        `${where} requires a password, and none is set for ${master.name}: sentinels see it as down`,
        `add a line \`sentinel auth-pass ${master.name} <password>\``,
      ])
    : finding('error', 'auth-wrong', where, [
        `${where} refuses the login of ${master.name}${asUser(master)}: "${error}"`,
        master.settings.authUser !== undefined && /wrong number of arguments/i.test(error)
          ? 'remove auth-user: Redis before 6 has no users'
          : 'correct auth-pass and auth-user; all nodes of a group need the same',
      ])
}

function asUser({ settings: { authUser } }: DurableMaster): string {
  return authUser === undefined ? '' : ` as the user ${authUser}`
}

function shortNames(commands: readonly string[]): string {
  return commands.map((command) => command.split(' ').slice(0, 2).join(' ')).join(', ')
}

function rightFindings(rights: Rights, where: string, { name: master, settings }: DurableMaster): Finding[] {
  const user = settings.authUser ?? 'default'
  const { denied, deniedCoordinated, missing, unchecked } = rights
  const [first] = denied
  return [
    ...missing.length === 0 ? [] : [finding('error', 'command-missing', where, [
      `${where} does not have the ${missing.length === 1 ? 'command' : 'commands'} ${missing.join(', ')}, which a failover needs`,
      `if it was renamed, add a line \`sentinel rename-command ${master} ${missing[0] ?? ''} <new name>\`; it must not be disabled`,
    ])],
    ...first === undefined ? [] : [finding('error', 'acl-denied', where, [
      `${where} does not allow the user of the sentinel to use ${shortNames(denied.map(({ command }) => command))}`
      + ` ("${first.error}")`,
      `run on ${where}, and keep it with ACL SAVE or CONFIG REWRITE: ACL SETUSER ${user} ${NEEDED_RULES_7}`,
    ])],
    ...denied.length > 0 || deniedCoordinated.length === 0 ? [] : [finding('advice', 'coordinated-denied', where, [
      `${where} does not allow the user of the sentinel to use ${shortNames(deniedCoordinated)}:`
      + ' SENTINEL FAILOVER ... COORDINATED needs them',
      `grant the rights: ${COORDINATED_RULES}`,
    ])],
    ...unchecked === undefined ? [] : [finding('advice', 'rights-unchecked', where, [
      `the rights of the sentinel's user on ${where} could not be checked: ${unchecked}`,
      unchecked.includes('no ACL DRYRUN')
        ? `compare them with the rights that a sentinel needs: ${NEEDED_RULES}`
        : 'run the check again with --pass-file (and --user) of a user that may use ACL',
    ])],
  ]
}
