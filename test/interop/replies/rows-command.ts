import type { Row } from './row.ts'
import { differing, each, masked, together } from './row.ts'

/** COMMAND, INFO and the parts of ACL that need no users (protocol.md 1.4, 1.7, 5.6). */
export const COMMAND_ROWS: readonly Row[] = [
  ...masked(['command-entries'], ...each('command', 'command info', 'command info sentinel|failover')),
  ...masked(['command-names'], ...each('command list')),
  ...each(
    'command count', 'command info ping', 'command info PING role', 'command info get', 'command info nope sentinel|nope',
    'command info sentinel|myid', 'command info SENTINEL|HELP', 'command info subscribe unsubscribe psubscribe punsubscribe',
    'command info publish', 'command info auth hello', 'command info info shutdown', 'command info client|kill client|id',
    'command info client|list client|info client|help client|unblock', 'command info acl|cat acl|list acl|log acl|help',
    'command info command|count command|docs command|help command|list',
    'command list filterby module x', 'command list filterby aclcat nope', 'command list filterby aclcat @fast',
    'command list filterby pattern ping', 'command list filterby pattern nope*', 'command list FILTERBY Pattern SENTINEL|MY*',
    'command list filterby', 'command list filterby foo bar', 'command list x', 'command list filterby pattern a b',
    'command getkeys ping a', 'command getkeys sentinel foo', 'command getkeys foo bar', 'command getkeys role a',
    'command getkeysandflags sentinel myid', 'command getkeysandflags foo bar', 'command docs nope', 'command help',
  ),
  ...masked(['in-any-order'], ...each(
    'command list filterby aclcat fast', 'command list filterby aclcat pubsub', 'command list filterby pattern *subscribe',
    'acl cat pubsub', 'acl cat fast', 'acl cat string', 'acl cat keyspace', 'acl cat blocking',
  )),
  ...masked(['docs'], ...each('command docs ping', 'command docs PING nope ping', 'command docs role', 'command docs sentinel|myid', 'command docs acl|whoami')),
  ...masked(['info'], ...each(
    'info', 'info server', 'INFO Clients', 'info stats', 'info cpu', 'info sentinel', 'info all', 'info everything',
    'info default', 'info sentinel server', 'info stats foo stats', 'info cpu default',
  )),
  ...each('info memory', 'info replication keyspace', 'info foo', 'info commandstats'),
  ...each(
    'acl whoami', 'acl users', 'acl cat', 'acl cat foo', 'acl cat a b', 'acl genpass 0', 'acl genpass 5000', 'acl genpass -1',
    'acl genpass a', 'acl genpass 5 5', 'acl getuser nobody', 'acl log', 'acl log 1', 'acl log -1', 'acl log abc', 'acl log reset',
    'acl log 1 2', 'acl deluser default', 'acl deluser x y', 'acl load', 'acl save', 'acl dryrun default ping',
    'acl dryrun default sentinel masters', 'acl dryrun nobody ping', 'acl dryrun default get a', 'acl dryrun default role a',
    'acl help',
  ),
  ...masked(['password'], ...each('acl genpass', 'acl genpass 5', 'acl genpass 4096')),
  ...each('acl list', 'acl getuser default'),
  ...each(
    'command x y', 'command count count', 'command list filterby aclcat', 'command list filterby module',
    'command list filterby pattern', 'command list filterby aclcat @@fast', 'command list filterby pattern [p]ing',
    'command list filterby pattern \\ping', 'command list by pattern x', 'command list filterby pattern sentinel',
    'command getkeys client kill x', 'command getkeys acl nope', 'command getkeys subscribe a', 'command getkeys publish a b',
    'command getkeys command getkeys x', 'command getkeysandflags ping x y z', 'command getkeysandflags auth x',
    'command info sentinel|', 'command info |', 'command info sentinel|myid|x', 'command docs sentinel|nope', 'command info reset',
    'command info sentinel|set sentinel|debug sentinel|monitor sentinel|is-master-down-by-addr',
    'command info sentinel|info-cache sentinel|simulate-failure sentinel|pending-scripts sentinel|flushconfig',
    'command info sentinel|ckquorum sentinel|reset sentinel|remove sentinel|masters sentinel|master sentinel|replicas',
    'command info sentinel|slaves sentinel|sentinels sentinel|get-master-addr-by-name', 'command info client|tracking',
    'command info client|trackinginfo client|caching client|getredir client|getname client|pause client|unpause',
    'command info client|reply client|no-evict acl|getuser acl|users acl|whoami acl|genpass acl|load acl|dryrun command|info',
    'info modules', 'info errorstats', 'info latencystats', 'info cluster', 'info persistence', 'info commandstats errorstats',
  ),
  together(['command', 'list', 'filterby', 'pattern', ''], ['command', 'list', 'filterby', 'aclcat', ''], ['command', 'info', '']),
  together(['command', 'info', 'a\nb'], ['info', ''], ['info', 'a\nb'], ['acl', 'getuser', 'a\nb']),
  differing('newer-release', 'command getkeysandflags ping', '-ERR The command has no key arguments\r\n'),
  differing('newer-release', 'command getkeys ping', '-ERR The command has no key arguments\r\n'),
]
