import type { Row } from './row.ts'
import { bytes, each, together } from './row.ts'

const LONG = 'x'.repeat(200)

/** Unknown commands, wrong arities, framing (protocol.md 1.1 and 5.1). */
export const GENERIC_ROWS: readonly Row[] = [
  ...each(
    'foo', 'FOO a b', `${LONG}`, `foo ${LONG} b`, `sentinel ${LONG}`, 'quit', 'reset', 'echo a', 'select 0', 'time', 'multi',
    'exec', 'watch a', 'monitor', 'config get *', 'debug sleep 0', 'eval return 0', 'script load x', 'pubsub channels',
    'ssubscribe a', 'spublish a b', 'slowlog get', 'latency doctor', 'memory usage a', 'replicaof no one', 'slaveof no one',
    'failover', 'wait 0 0', 'cluster info', 'dbsize', 'lolwut', 'object help', 'get a', 'set a b', 'del a', 'keys *',
    'flushall', 'module list', 'function list', 'bgsave', 'save', 'lastsave', 'replconf x y', 'psync ? -1', 'asking',
    'sentinel', 'client', 'acl', 'sentinel foo', 'SENTINEL Foo bar', 'client foo', 'acl foo', 'command foo',
    'client no-touch on', 'client capa redirect', 'sentinel help x', 'client help x', 'command help x', 'acl help x',
    'sentinel master', 'sentinel masters x', 'sentinel myid x', 'sentinel replicas', 'sentinel slaves', 'sentinel sentinels',
    'sentinel get-master-addr-by-name', 'sentinel get-master-addr-by-name a b', 'sentinel failover', 'sentinel reset',
    'sentinel remove', 'sentinel monitor a', 'sentinel monitor a b c d e', 'sentinel set mymaster quorum',
    'sentinel is-master-down-by-addr 1 2 3', 'sentinel ckquorum', 'sentinel flushconfig x', 'sentinel pending-scripts x',
    'sentinel info-cache', 'sentinel simulate-failure', 'sentinel config', 'publish a', 'publish a b c', 'subscribe',
    'psubscribe', 'role x', 'auth', 'client kill', 'client reply', 'client setname', 'client pause', 'client unblock',
    'client tracking', 'client caching', 'client no-evict', 'client id x', 'client list x', 'command count x',
    'command getkeys', 'command getkeysandflags', 'acl setuser', 'acl deluser', 'acl getuser', 'acl getuser a b',
    'acl dryrun default', 'acl whoami x', 'acl users x', 'acl list x', 'acl save x', 'acl load x',
  ),
  together(['foo', 'a b', '"q"', '']),
  together(['', 'a']),
  together(['foo', 'a\r\nb', 'c\nd']),
  together(['f\0o', 'a\0b']),
  together(['sentinel', 'a\nb']),
  together(['foo', '\xff\xfe']),
  together(['foo', ...Array.from({ length: 60 }, (_, at) => `word${at}`)]),
  together('ping', 'foo', 'sentinel foo', 'ping again'),

  bytes('PING\r\n'),
  bytes('PING\n'),
  bytes('  ping   "a b"  \r\n'),
  bytes('"PI\\x4eG" \'a\\\'b\'\r\n'),
  bytes('ping "\\n\\r\\t\\b\\a\\\\\\"\\q"\r\n'),
  bytes('\r\n\n   \r\nPING\r\n'),
  bytes('*0\r\n*-1\r\n*-5\r\nPING\r\n'),
  bytes('*1\r\n$0\r\n\r\n'),
  bytes('*1\rX$4\rXPINGXX'),
  bytes('*2\r\n$4\r\nPING\r\n$5\r\na\r\nbc\r\n'),
  bytes('*1\r\n$4\r\nPING\r\nPING\r\n*1\r\n$4\r\nping\r\n', { replies: 3 }),
  bytes('-ERR\r\n'),
  bytes('+OK\r\n'),
  ...[
    '*abc\r\n', '*4294967296\r\n', '*2147483648\r\n', '*99999999999999999999\r\n', '*01\r\n', '*+1\r\n', '* 1\r\n', '*\r\n',
    '*-0\r\n', '*1\r\nPING\r\n', '*1\r\n\r\n', '*2\r\n$4\r\nPING\r\n:1\r\n', '*1\r\n$abc\r\n', '*1\r\n$-1\r\n', '*1\r\n$536870913\r\n',
    '*1\r\n$01\r\n', '*1\r\n$ 1\r\n', '*1\r\n$\r\n', 'ping \'a\r\n', 'ping "a"b\r\n', 'ping "a\r\n', '"\r\n',
  ].map((raw) => bytes(raw, { closes: true })),
  bytes('PING\r\n*1\r\nX\r\nPING\r\n', { replies: 2, closes: true }),
  bytes(`${'x'.repeat(70_000)}`, { closes: true }),
  bytes(`*${'1'.repeat(70_000)}`, { closes: true }),
  bytes('POST / HTTP/1.1\r\n', { replies: 0, closes: true }),
  bytes('host: x\r\n', { replies: 0, closes: true }),
]
