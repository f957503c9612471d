import { choice } from './directive.ts'

const EVICTION = 'volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random noeviction'
const FACILITIES = 'user local0 local1 local2 local3 local4 local5 local6 local7'

/** Directives whose value is one word of a fixed set. */
export const CHOICES = [
  // Only newer releases know `nothing`; it is accepted, so that their files load.
  choice('loglevel', 'debug verbose notice warning nothing', 'notice'),
  choice('supervised', 'upstart systemd auto no', 'no'),
  choice('syslog-facility', FACILITIES, 'local0'),
  choice('acl-pubsub-default', 'allchannels resetchannels', 'resetchannels'),
  choice('tls-auth-clients', 'no yes optional', 'yes'),
  choice('enable-debug-command', 'no yes local', 'no'),
  choice('enable-module-command', 'no yes local', 'no'),
  choice('enable-protected-configs', 'no yes local', 'no'),
  choice('appendfsync', 'everysec always no', 'everysec'),
  choice('cluster-preferred-endpoint-type', 'ip hostname unknown-endpoint', 'ip'),
  choice('log-format', 'legacy logfmt', 'legacy'),
  choice('log-timestamp-format', 'legacy iso8601 milliseconds', 'legacy'),
  choice('maxmemory-policy', EVICTION, 'noeviction'),
  choice('oom-score-adj', 'no yes relative absolute', 'no', { writtenAs: new Map([['relative', 'yes']]) }),
  choice('propagation-error-behavior', 'ignore panic panic-on-replicas', 'ignore'),
  choice('repl-diskless-load', 'disabled on-empty-db swapdb', 'disabled'),
  choice('sanitize-dump-payload', 'no yes clients', 'no'),
]
