import type { Row } from './row.ts'
import { together } from './row.ts'

/** Users of the servers that these rows ask (protocol.md 5.6). */
export const ACL_USERS: readonly string[] = [
  // Looks, changes nothing, and hears one kind of event.
  'user reader on >pw ~* &+switch* -@all +@connection -client|kill -client|pause +role +sentinel|masters +sentinel|master '
  + '+sentinel|get-master-addr-by-name +subscribe +psubscribe +unsubscribe +punsubscribe',
  'user pinger on nopass -@all +ping',
  'user masters on nopass -@all +sentinel|masters',
  // Everything, but hears nothing.
  'user deaf on nopass +@all',
  'user gone off >pw ~* &* +@all',
  'user safe on >pw ~* &* +@all -@dangerous',
  // Only some first arguments, and two selectors.
  'user picky on nopass -@all +ping|hello (+subscribe &a) (+subscribe +publish &b)',
]

const REQUESTS: readonly string[] = [
  'ping', 'ping hello', 'ping HELLO', 'ping x y', 'foo', 'sentinel foo', 'sentinel', 'sentinel myid x', 'sentinel get-master-addr-by-name mymaster',
  'sentinel ckquorum nobody', 'sentinel remove nobody', 'sentinel help x', 'sentinel is-master-down-by-addr 1.2.3.4 5 x *', 'role', 'info x', 'acl whoami',
  'acl cat pubsub x y', 'acl genpass 0', 'acl deluser nobody', 'acl dryrun default ping', 'acl setuser nobody nonsense', 'client getname', 'client setname x', 'client kill 1.2.3.4:5',
  'client pause x', 'command count x', 'publish a b', 'publish b c', 'subscribe a', 'subscribe b', 'subscribe a b', 'subscribe +switch-master', 'subscribe +switch-master +sdown',
  'psubscribe +switch*', 'psubscribe *', 'unsubscribe a', 'punsubscribe a', 'auth x', 'auth nobody x', 'auth gone pw', 'shutdown x',
]

const LOGINS: readonly string[] = [
  'auth reader pw', 'auth pinger x', 'auth masters x', 'auth deaf x', 'auth safe pw', 'auth picky x',
]

export const ACL_ROWS: readonly Row[] = [
  ...LOGINS.flatMap((login) => REQUESTS.map((request): Row => ({
    ...together(login, request, 'acl whoami'), masks: ['denied-user', 'in-any-order'], ...pushes(request),
  }))),
  together('auth gone pw', 'acl whoami', 'auth gone x', 'auth reader x', 'auth reader', 'acl whoami'),
  { ...together('auth reader pw', 'auth gone pw', 'acl whoami', 'auth pinger anything', 'acl whoami', 'auth default anything', 'acl whoami'), masks: ['denied-user'] },
  { ...together('hello 3 auth reader pw setname a', 'client getname', 'hello 2 auth gone pw', 'client getname', 'ping'), resp2Only: true, masks: ['client-id'] },
  ...['pinger', 'masters', 'deaf', 'picky'].map((user) => together(`hello 2 auth ${user} x setname me`)).map((row): Row => ({ ...row, resp2Only: true, masks: ['client-id'] })),
  together('acl users', 'acl dryrun reader sentinel masters', 'acl dryrun reader subscribe +switch-master', 'acl dryrun reader role', 'acl dryrun gone ping'),
  ...['acl dryrun reader info', 'acl dryrun reader client kill x', 'acl dryrun deaf subscribe a', 'acl dryrun deaf psubscribe a', 'acl dryrun deaf publish a b', 'acl dryrun picky subscribe a b',
    'acl dryrun picky ping', 'acl dryrun picky ping hello', 'acl dryrun masters sentinel master m', 'acl dryrun safe sentinel help', 'acl dryrun safe shutdown', 'acl dryrun pinger auth x',
  ].map((line): Row => ({ send: [line], masks: ['denied-user'] })),
  // Whoever removes itself still gets its reply.
  { ...together('acl setuser leaving on nopass +@all', 'auth leaving x', 'acl deluser leaving', 'ping'), closes: true },
  // What was refused.
  ...[
    together('acl log reset', 'auth nobody x', 'acl log'),
    together('acl log reset', 'AUTH nobody x', 'auth nobody x', 'AUTH nobody x', 'acl log', 'acl log 1', 'acl log 0', 'acl log -5'),
    together('acl log reset', 'hello 2 auth nobody x', 'acl log 10', 'acl log reset', 'acl log'),
    together('acl log reset', 'auth gone pw', 'auth reader pw', 'info', 'sentinel ckquorum x', 'INFO', 'subscribe +sdown', 'psubscribe *', 'auth default x', 'acl log'),
  ].map((row): Row => ({ ...row, masks: ['acl-log', 'denied-user'], resp2Only: true })),
]

/** A subscription answers once for each name. */
function pushes(request: string): Partial<Row> {
  return request === 'subscribe a b' ? { replies: 3 } : {}
}
