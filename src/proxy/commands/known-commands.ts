/**
 * What the proxy does with the commands of Redis 7. The reply to COMMAND adds those of modules and later releases
 * (server-commands.ts); these stay as they are here, because flags do not tell which commands change a connection.
 */
import type { CommandKind } from './command-kind.ts'

/** Names by kind, separated by blanks. */
const NAMES: Readonly<Record<CommandKind, string>> = {
  'read': `bitcount bitfield_ro bitpos dump echo eval_ro evalsha_ro exists expiretime fcall_ro geodist geohash geopos
    georadius_ro georadiusbymember_ro geosearch get getbit getrange hexists hget hgetall hkeys hlen hmget hrandfield
    hstrlen hvals keys lcs lindex llen lolwut lpos lrange mget object pexpiretime pfcount ping pttl randomkey scard sdiff
    sinter sintercard sismember smembers smismember sort_ro srandmember strlen substr sunion touch ttl type xinfo
    xlen xpending xrange xrevrange zcard zcount zdiff zinter zintercard zlexcount zmscore zrandmember zrange
    zrangebylex zrangebyscore zrank zrevrange zrevrangebylex zrevrangebyscore zrevrank zscore zunion`,
  // Cursors belong to one node; the others are about the master.
  'master-read': `asking cluster command dbsize discard exec hscan info lastsave memory pubsub readonly readwrite role scan
    slowlog sscan time zscan`,
  'write': `acl append bgrewriteaof bgsave bitfield bitop config copy debug decr decrby del eval evalsha expire expireat
    failover fcall flushall flushdb function geoadd georadius georadiusbymember geosearchstore getdel getex getset hdel
    hincrby hincrbyfloat hmset hset hsetnx incr incrby incrbyfloat latency linsert lmove lmpop lpop lpush lpushx lrem
    lset ltrim migrate module move mset msetnx persist pexpire pexpireat pfadd pfdebug pfmerge pfselftest psetex publish
    rename renamenx replicaof restore restore-asking rpop rpoplpush rpush rpushx sadd save sdiffstore set setbit
    setex setnx setrange shutdown sinterstore slaveof smove sort spop spublish srem sunionstore swapdb unlink xack xadd
    xautoclaim xclaim xdel xgroup xsetid xtrim zadd zdiffstore zincrby zinterstore zmpop zpopmax zpopmin zrangestore
    zrem zremrangebylex zremrangebyrank zremrangebyscore zunionstore`,
  'blocking': 'blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin wait waitaof',
  'stream-read': 'xread xreadgroup',
  'script': 'script',
  'multi': 'multi',
  'watch': 'watch',
  'unwatch': 'unwatch',
  'select': 'select',
  'local': 'auth client hello quit reset',
  'raw': 'monitor psubscribe punsubscribe ssubscribe subscribe sunsubscribe unsubscribe',
  'refused': 'psync replconf sync',
}

/** Every known command in lower case with its kind. */
export const KNOWN_COMMANDS: readonly (readonly [string, CommandKind])[] = Object.entries(NAMES).flatMap(
  ([kind, names]) => names.split(/\s+/).map((name) => [name, kind as CommandKind] as const),
)
