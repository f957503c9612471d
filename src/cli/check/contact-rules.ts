/** Rules about contact with a node: connection, login, and the commands that a sentinel may use. */
import { finding, type Finding, type Level } from './finding.ts'
import { whereOf, type NodeReport, type Rights } from './node-report.ts'

const NEEDED_RULES = '+multi +exec +slaveof +ping +info +publish +subscribe +config|rewrite +client|kill +client|setname'
  + ' +script|kill &__sentinel__:hello'

/** Redis 7 and newer have functions; older servers refuse a rule about them. */
const NEEDED_RULES_7 = `${NEEDED_RULES} +function|kill`

export function contactFindings(report: NodeReport): Finding[] {
  const { contact, master } = report
  const where = whereOf(report)
  switch (contact.kind) {
    case 'unreachable':
      return [unreachable(report, contact.reason, contact.speaks)]
    case 'no-login':
      return [noLogin(report, contact.error)]
    case 'answers':
      return [
        ...contact.loginNotNeeded ? [finding('warning', 'login-not-needed', where, [
          `auth-pass is set for ${master.name}, but ${where} has no password: one of the two is a mistake`,
          'set requirepass on every node of the group, or remove auth-pass',
        ])] : [],
        ...rightFindings(contact.rights, where, master.name),
      ]
  }
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
        `${where} refuses the login of ${master.name}: "${error}"`,
        master.settings.authUser !== undefined && /wrong number of arguments/i.test(error)
          ? 'remove auth-user: Redis before 6 has no users'
          : 'correct auth-pass and auth-user; all nodes of a group need the same',
      ])
}

function rightFindings({ denied, missing, unchecked }: Rights, where: string, master: string): Finding[] {
  const [first] = denied
  return [
    ...missing.length === 0 ? [] : [finding('error', 'command-missing', where, [
      `${where} does not have the ${missing.length === 1 ? 'command' : 'commands'} ${missing.join(', ')}, which a failover needs`,
      `if it was renamed, add a line \`sentinel rename-command ${master} ${missing[0] ?? ''} <new name>\`; it must not be disabled`,
    ])],
    ...first === undefined ? [] : [finding('error', 'acl-denied', where, [
      `${where} does not allow the user of the sentinel to use ${denied.map(({ command }) => command.split(' ').slice(0, 2).join(' ')).join(', ')}`
      + ` ("${first.error}")`,
      `grant the rights: ${NEEDED_RULES_7}`,
    ])],
    ...unchecked === undefined ? [] : [finding('advice', 'rights-unchecked', where, [
      `the rights of the sentinel's user on ${where} could not be checked: ${unchecked}`,
      unchecked.includes('no ACL DRYRUN')
        ? `compare them with the rights that a sentinel needs: ${NEEDED_RULES}`
        : 'run the check again with --admin-password-file (and --admin-user) of a user that may use ACL',
    ])],
  ]
}
