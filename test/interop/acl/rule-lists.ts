/** Rules for one user, as words of ACL SETUSER separated by blanks; a list where a word holds a blank. */
export type RuleList = string | readonly string[]

const HASH = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const UNKNOWN_HASH = 'a'.repeat(64)

/** Both programs must say the same about these, word by word (protocol.md 5.6). */
export const RULE_LISTS: readonly RuleList[] = [
  // Flags
  '', 'on', 'off', 'on off', 'off on', 'ON', 'Off', 'onn', 'on on', 'x', 'on x', 'reset', 'RESET', 'on nopass ~* &* +@all reset', 'reset on',
  'sanitize-payload', 'skip-sanitize-payload', 'skip-sanitize-payload sanitize-payload', 'Skip-Sanitize-Payload', 'sanitize', ['', 'on'],
  [' on'], ['on '], 'nopass on', '@all', 'all', '*', '|', '?',
  // Passwords
  'nopass', 'NOPASS', '>a', '>a >b', '>a >a', '>a <a', '>a >b <a', '<a', '>a <b', 'nopass >a', '>a nopass', 'nopass <a', '>a resetpass',
  'nopass resetpass', '>', '> <', ['>with blank'], ['>with "quotes"'], ['>line\nend'], '>päss', `#${HASH}`, `#${HASH} #${HASH}`, `>abc #${HASH}`,
  `>abc !${HASH}`, `#${HASH} <abc`, `!${UNKNOWN_HASH}`, '#abc', '!abc', '#', '!', `#${HASH.toUpperCase()}`, `#${HASH}0`, `nopass #${HASH}`,
  `#${HASH} !${HASH} !${HASH}`,
  // Commands
  '+ping', '+PING', '-ping', '+ping -ping', '+ping +ping', '-ping +ping', '+@all', '+@ALL', 'allcommands', 'nocommands', 'AllCommands',
  '-@all', '+@all -@all', '-@all +@all', '+@all -ping', '+@all -ping +ping', '+@all -role -shutdown', 'allcommands -@pubsub', 'nocommands +info',
  '+ping +info +role', '+sentinel|masters', '+SENTINEL|Masters', '+sentinel|masters +sentinel|master', '+sentinel|masters +ping',
  '+@all -sentinel|masters', '+@all -sentinel|masters -sentinel|master', '+sentinel|masters -sentinel|masters', '+sentinel|masters -sentinel',
  '+sentinel|masters -@all', '+sentinel|masters -@admin', '+acl|whoami', '+acl -acl|whoami', '+command', '+command|count', '+command|count +command',
  '+command +command|count', '+client|id +client|getname', '+auth +hello', '+unsubscribe +punsubscribe',
  '+@all -@dangerous', '+@all -@dangerous +sentinel|masters', '+@admin +@all', '+@pubsub', '+@PubSub', '+@pubsub -publish', '+@connection',
  '+@slow', '+@fast', '+@slow +@fast', '+@fast +@slow -ping', '+@pubsub -@pubsub', '-@pubsub', '+@keyspace', '+@all -@keyspace', '+@blocking',
  '+@transaction +@scripting', '+@admin', '+@dangerous', '+@all -@admin', '+@all -@fast', '+ping +@fast', '+@fast +ping', '+PING -@ADMIN',
  '+@admin -sentinel|masters', '+@admin -@dangerous +role', '+@connection -@all +ping', '+get', '-get', '+foo', '-foo', '+sentinel|foo', '-sentinel|foo', '+@foo', '-@foo', '+@',
  '-@', '+', '-', '+|', '-|', '+ping|', '-ping|', '+client|', '-client|', '+@all|x', '+all', ['+ping '], '++ping', '+-ping',
  '+set', '+@sentinel', '+failover', '+config', '+quit', '+reset',
  // First arguments
  '+ping|x', '+PING|Foo', '+ping|a +ping|b', '+ping|a +ping|A', '+ping|a -ping', '+ping|a +ping', '+ping +ping|a', '+@all +ping|a', '+ping|a -@all',
  '+ping|a -@fast', '+ping|a +@fast', '+ping|a +@fast -@fast', '+ping|a -@admin', '+info|server +info|clients', '-ping|x', '+ping|a -ping|a',
  '+client|id|x', '+client|id|', '+client|foo|x', '+ping|x|y', '+ping|x|', '+foo|x', '+foo|x|y', '-client|id|x', '+sentinel|masters|x', '+auth|x',
  // Keys
  '~a', '~a ~b', '~a ~a', '~*', 'allkeys', 'ALLKEYS', '~* ~a', 'allkeys ~a', '~a ~*', '~a allkeys', 'resetkeys', '~a resetkeys', '~* resetkeys ~a', '~',
  '%R~a', '%W~a', '%RW~a', '%WR~a', '%r~a', '%rw~a', '%R~a %W~a', '%W~a ~a', '%R~a ~a', '~a %R~a', '%R~*', '%RW~*', '%R~* ~a', '%R~* %W~*',
  'allkeys %R~a', '%R', '%RW', '%', '%~a', '%X~a', '%RR~a', '%RWR~a', '%Ra~b', ['~a b'], ['~a\tb'], ['%R~a b'], '~a?[b-c]*', '~"a"', '~caf\u00e9',
  // Channels
  '&a', '&a &b', '&a &a', '&*', 'allchannels', '&* &a', 'allchannels &a', '&a &*', 'resetchannels', '&a resetchannels', '&* resetchannels &a', '&',
  '&a* &b?', ['&a b'], ['&a\nb'], '&+switch-master', '&__sentinel__:hello', '&%R',
  // Selectors
  '(+ping)', '()', '( )', '( +ping )', '(+ping ~a &b)', '(+ping) (+info)', '(+ping)(+info)', '(+ping) clearselectors', '(+PING ALLKEYS)', 'clearselectors',
  '+ping (+info) -ping', '(allcommands allkeys allchannels)', '(%R~x %W~x)', '(+@all -@dangerous)', '(-@all +ping -ping)', '(+ping|x)', '(on)', '(>a)', '(nopass)',
  '(reset)', '(clearselectors)', '(foo)', '(+foo)', '(+ping +foo)', '(~a ~* ~b)', '(&* &a)', '(%X~a)', '((+ping)', '(+ping))', '(()', '()()', '(', ')', '+ping)',
  '(+ping', '(+ping (', '(+ping (+info)', '(+ping (~a x', '(+ping (~a x)', '(a (b (c', '(+ping ~a x', '(+ping)x', ['(+ping', '~b)'], ['(+ping ~a)'], ['(+ping\t~a)'], ['(+ping  ~a)'], ['(+ping ~a', 'x'], '(+subscribe &a) (+publish &b)',
  // Whole users as people write them
  'on nopass ~* &* +@all -shutdown', 'on nopass +ping',
  'on >x &+switch-master +subscribe +psubscribe', 'off nopass +@all &*', 'on +@all -client|kill -client|pause -acl|setuser -acl|deluser',
]

/**
 * What the original sums up in categories that nobody named, while we keep what was said, as its newer releases do
 * (differences.ts). The rights are the same, and that is checked.
 */
export const SUMMED_UP: readonly RuleList[] = [
  '+@all -sentinel', '+sentinel', '+client', '+sentinel +ping', '+sentinel|masters +sentinel', '+sentinel -sentinel|masters', '+@all -acl -client', '+client -client|list',
  '+@dangerous -@admin', '+@admin -sentinel', '+@slow -@admin', '+client +acl|whoami +acl|cat', '(+@all -sentinel)',
  '+ping +role +auth', '+subscribe +psubscribe +publish',
  'on >secret allchannels -@all +auth +client|getname +client|id +client|setname +command +hello +ping +role +sentinel|get-master-addr-by-name +sentinel|master '
  + '+sentinel|myid +sentinel|replicas +sentinel|sentinels +sentinel|masters',
  'on >secret allchannels +@all -@dangerous +sentinel|masters +sentinel|replicas +info',
]

/** What is tried as each user. */
export const REQUESTS: readonly string[] = [
  'ping', 'ping x', 'ping A', 'info', 'info server', 'role', 'sentinel masters', 'sentinel master m', 'sentinel set m quorum 1', 'sentinel help',
  'client id', 'client list', 'client kill a', 'acl whoami', 'acl list', 'command count', 'command', 'auth x', 'hello', 'shutdown',
  'subscribe a', 'subscribe a b', 'subscribe b a', 'psubscribe a', 'psubscribe a*', 'publish b m', 'publish __sentinel__:hello m',
  'unsubscribe a', 'foo', 'sentinel foo', 'sentinel', 'role x',
]
