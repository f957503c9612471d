/** Reaching a node, logging in, and what it lets a sentinel do. */
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
          `auth-pass is set for ${master.name}, but this node has no password: one of the two is a mistake`,
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
      `it speaks TLS, but the sentinel connects without (${reason})`,
      'set `tls-replication yes` with the tls- files, or name the plain port',
    ])
  }
  if (speaks === 'plain') {
    return finding('error', 'tls-not-spoken', where, [
      `the sentinel connects with TLS (tls-replication), but it does not speak it there (${reason})`,
      'name its tls-port, or set `tls-replication no`',
    ])
  }
  const level: Level = namedBy === 'monitor' ? 'error' : 'warning'
  const [what, todo] = namedBy === 'monitor'
    ? ['master', 'start it, or correct the address']
    : namedBy === 'master'
      ? ['replica (its master lists it so)', 'open the way to it; behind NAT or in containers set its replica-announce-ip and -port']
      : ['replica (the file lists it)', 'start it; or, if it is gone for good, run SENTINEL RESET']
  return finding(level, 'unreachable', where, [`the ${what} of ${master.name} cannot be reached: ${reason}`, todo])
}

function noLogin({ master, ...report }: NodeReport, error: string): Finding {
  const where = whereOf(report)
  return master.settings.authPass === undefined
    ? finding('error', 'auth-missing', where, [
        `it wants a password, and none is set for ${master.name}: sentinels take it for down`,
        `add a line \`sentinel auth-pass ${master.name} <password>\``,
      ])
    : finding('error', 'auth-wrong', where, [
        `it refuses the login of ${master.name}: "${error}"`,
        master.settings.authUser !== undefined && /wrong number of arguments/i.test(error)
          ? 'remove auth-user: Redis before 6 has no users'
          : 'correct auth-pass and auth-user; all nodes of a group need the same',
      ])
}

function rightFindings({ denied, missing, unchecked }: Rights, where: string, master: string): Finding[] {
  const [first] = denied
  return [
    ...missing.length === 0 ? [] : [finding('error', 'command-missing', where, [
      `it does not know ${missing.join(', ')}: a failover needs that`,
      `if it was renamed, add a line \`sentinel rename-command ${master} ${missing[0] ?? ''} <new name>\`; it must not be disabled`,
    ])],
    ...first === undefined ? [] : [finding('error', 'acl-denied', where, [
      `the user of the sentinel may not use ${denied.map(({ command }) => command.split(' ').slice(0, 2).join(' ')).join(', ')}`
      + ` ("${first.error}")`,
      `grant it: ${NEEDED_RULES_7}`,
    ])],
    ...unchecked === undefined ? [] : [finding('advice', 'rights-unchecked', where, [
      `whether the sentinel's user has the rights that a failover needs could not be checked: ${unchecked}`,
      unchecked.includes('no ACL DRYRUN')
        ? `compare them with what a sentinel needs: ${NEEDED_RULES}`
        : 'call this again with --admin-password-file (and --admin-user) of a user that may use ACL',
    ])],
  ]
}
