import type { ReplyTree } from './reply-tree.ts'
import { isList, mapTexts } from './reply-tree.ts'

/** What must differ between two processes, and is therefore hidden before comparing. Each mask says why. */
export interface Mask {
  readonly name: string
  readonly reason: string
  readonly hide: (reply: ReplyTree) => ReplyTree
}

const AGES = new Set([
  'last-ping-sent', 'last-ok-ping-reply', 'last-ping-reply', 'role-reported-time', 'link-pending-commands',
])

/** Fields of INFO whose values are the same in both; all other values are facts of the process. */
const INFO_VALUES = new Set([
  'redis_version', 'redis_mode', 'arch_bits', 'monotonic_clock', 'multiplexing_api', 'atomicvar_api', 'process_supervised',
  'configured_hz', 'io_threads_active', 'maxclients', 'blocked_clients', 'tracking_clients', 'rejected_connections',
  'expired_stale_perc', 'pubsub_channels', 'pubsub_patterns', 'sentinel_masters', 'sentinel_tilt',
  'sentinel_tilt_since_seconds', 'sentinel_running_scripts', 'sentinel_scripts_queue_length',
  'sentinel_simulate_failure_flags', 'master0',
])

/** Fields of CLIENT LIST that tell of memory, time and numbering. */
const CLIENT_FACTS = /\b(id|addr|laddr|fd|age|idle|qbuf|qbuf-free|argv-mem|rbs|rbp|obl|oll|omem|tot-mem)=\S*/g

export const MASKS: readonly Mask[] = [
  {
    name: 'client-id',
    reason: 'Connections are numbered by each process for itself.',
    hide: (reply) => typeof reply === 'number' ? 0 : hidePairs(reply, (key, value) => key === 'id' ? 0 : value),
  },
  {
    name: 'client-line',
    reason: 'Ids, addresses, ages and memory are facts of the process. Fields, flags and names are compared; who else is connected is not.',
    hide: (reply) => mapTexts(reply, (text) => ownLine(text).replace(CLIENT_FACTS, '$1=*')),
  },
  {
    name: 'sentinel-id',
    reason: 'Every sentinel has an id of its own; its length is compared.',
    hide: (reply) => mapTexts(reply, (text) => /^[0-9a-f]{40}$/.test(text) ? '<id>' : text),
  },
  {
    name: 'entry',
    reason: 'Ages grow while we look; on a link that cannot connect requests come and go, and so does the flag'
      + ' `disconnected` with each attempt.',
    hide: (reply) => hidePairs(reply, (key, value) => {
      if (AGES.has(key)) return '*'
      return key === 'flags' && typeof value === 'string' ? value.replace(',disconnected', '') : value
    }),
  },
  {
    name: 'count',
    reason: 'How many connections there are depends on the rows that ran before.',
    hide: (reply) => typeof reply === 'number' ? 0 : reply,
  },
  {
    name: 'in-any-order',
    reason: 'The original lists from a hash table.',
    hide: (reply) => isList(reply) ? sorted(reply) : reply,
  },
  {
    name: 'command-names',
    reason: 'The original lists from a hash table; names that only we have are in the list of differences.',
    hide: (reply) => isList(reply) ? sorted(reply.filter((name) => !isOurs(text(name)))) : reply,
  },
  {
    name: 'command-entries',
    reason: 'The original lists from a hash table; what newer releases changed is in the list of differences.',
    hide: (reply) => isList(reply) ? sorted(reply.map(comparableEntry)) : reply,
  },
  {
    name: 'docs',
    reason: 'The texts are ours. Names, first release and group are compared.',
    hide: (reply) => keepPairs(reply, new Set(['since', 'group'])),
  },
  {
    name: 'info',
    reason: 'Most values are facts of the process. Titles, fields, their order, and the values that are equal are compared.',
    hide: (reply) => mapTexts(reply, comparableInfo),
  },
  {
    name: 'password',
    reason: 'Random; the length is compared.',
    hide: (reply) => mapTexts(reply, (text) => text.replace(/[0-9a-f]/g, 'f')),
  },
  {
    name: 'denied-user',
    reason: 'Newer releases name the user whom they refuse, the original does not.',
    hide: (reply) => mapTexts(reply, (text) => text.replace(/\b(?:User [a-z]+|[Tt]his user) has no permissions/, 'User * has no permissions')),
  },
  {
    name: 'acl-log',
    reason: 'Ages and connections are facts of the process; newer releases add three fields to each entry.',
    hide: (reply) => isList(reply) ? reply.map(comparableRefusal) : reply,
  },
]

/** Count, reason, context, object and user. */
function comparableRefusal(entry: ReplyTree): ReplyTree {
  return isList(entry) && entry[0] === 'count' ? entry.slice(0, 10) : entry
}

/** Names that the original does not have: newer releases, Valkey, and our own. */
export const OUR_NAMES: ReadonlySet<string> = new Set([
  'client|setinfo', 'sentinel|primary', 'sentinel|primaries', 'sentinel|get-primary-addr-by-name',
  'sentinel|is-primary-down-by-addr', 'sentinel|explain', 'sentinel|history', 'sentinel|forget',
  'sentinel|pause', 'sentinel|paused', 'sentinel|resume',
])
/** Arities that a newer release changed; FAILOVER has the options of Valkey 9 and ours. */
const CHANGED_ARITIES: Readonly<Record<string, number>> = {
  'command|getkeys': -3, 'command|getkeysandflags': -3, 'sentinel|config': -4, 'sentinel|failover': -3,
}
/** Commands that got tips in a newer release. */
const CHANGED_TIPS: ReadonlySet<string> = new Set(['client|setname', 'acl|deluser', 'acl|save', 'acl|setuser'])
/** Fields of INFO that came with newer releases, and our own version. */
const NEW_INFO_FIELDS = new Set([
  'listener0', 'ts_sentinel_version', 'ts_sentinel_http', 'ts_sentinel_config_save',
  'ts_sentinel_config_save_failures',
  'pubsub_clients', 'watching_clients', 'total_watched_keys', 'total_blocking_keys',
  'total_blocking_keys_on_nokey', 'expired_subkeys', 'evicted_scripts', 'client_query_buffer_limit_disconnections',
  'client_output_buffer_limit_disconnections', 'eventloop_cycles', 'eventloop_duration_sum', 'eventloop_duration_cmd_sum',
  'instantaneous_eventloop_cycles_per_sec', 'instantaneous_eventloop_duration_usec', 'acl_access_denied_auth',
  'acl_access_denied_cmd', 'acl_access_denied_key', 'acl_access_denied_channel',
])

function text(tree: ReplyTree | undefined): string {
  return typeof tree === 'string' ? tree : ''
}

function isOurs(name: string): boolean {
  return OUR_NAMES.has(name)
}

/** The line of the connection that asks is the last one. */
function ownLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

function sorted(items: readonly ReplyTree[]): readonly ReplyTree[] {
  return [...items].sort((one, other) => JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)
}

function comparableEntry(entry: ReplyTree): ReplyTree {
  if (!isList(entry)) return entry
  const name = text(entry[0])
  return entry.map((field, at) => {
    if (at === 1) return CHANGED_ARITIES[name] ?? field
    if (at === 7 && CHANGED_TIPS.has(name)) return []
    return at === 9 && isList(field)
      ? sorted(field.filter((sub) => !isList(sub) || !isOurs(text(sub[0]))).map(comparableEntry))
      : field
  })
}

function comparableInfo(text: string): string {
  return text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':')
    if (colon < 0) return [line]
    const field = line.slice(0, colon)
    if (NEW_INFO_FIELDS.has(field)) return []
    return [INFO_VALUES.has(field) ? line : `${field}:*`]
  }).join('\r\n')
}

type ChangePair = (key: string, value: ReplyTree) => ReplyTree

/** Change values by their keys, in RESP3 maps and in flat RESP2 arrays, at any depth. */
function hidePairs(reply: ReplyTree, change: ChangePair): ReplyTree {
  if (isList(reply)) {
    // A list that begins with a text is a flat map, any other one a list of entries.
    if (typeof reply[0] !== 'string') return reply.map((item) => hidePairs(item, change))
    return reply.map((item, at) => at % 2 === 1 ? change(text(reply[at - 1]), item) : item)
  }
  if (reply === null || typeof reply !== 'object' || !('map' in reply)) return reply
  return { map: reply.map.map(([key, value]) => [key, change(text(key), value)]) }
}

/** Keep the named keys of every command's documentation. */
function keepPairs(reply: ReplyTree, keys: ReadonlySet<string>): ReplyTree {
  return asPairs(reply).map(([name, docs]) => {
    const kept = asPairs(docs).filter(([key]) => keys.has(text(key)))
    return [name, kept.map((pair) => [...pair])]
  })
}

function asPairs(reply: ReplyTree): readonly (readonly [ReplyTree, ReplyTree])[] {
  if (isList(reply)) {
    return Array.from({ length: reply.length / 2 }, (_, at) => [reply[2 * at] ?? null, reply[2 * at + 1] ?? null])
  }
  return reply !== null && typeof reply === 'object' && 'map' in reply ? reply.map : []
}
