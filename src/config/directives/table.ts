import { CHOICES } from './choices.ts'
import { special, type Directive } from './directive.ts'
import { FLAGS } from './flags.ts'
import { NUMBERS } from './numbers.ts'
import { TEXTS } from './texts.ts'

export const DEFAULT_BIND = Object.freeze(['*', '-::*'])
const DEFAULT_BUFFER_LIMITS = 'normal 0 0 0 replica 256mb 64mb 60 pubsub 32mb 8mb 60'

const SPECIAL = [
  special('bind', 'bind', DEFAULT_BIND),
  special('buffer-limits', 'client-output-buffer-limit', DEFAULT_BUFFER_LIMITS.split(' ')),
  special('percentiles', 'latency-tracking-info-percentiles', ['50', '99', '99.9']),
  special('keyspace-events', 'notify-keyspace-events', ['']),
  special('oom-values', 'oom-score-adj-values', ['0', '200', '800']),
  special('replicaof', 'replicaof', undefined, { aliases: ['slaveof'] }),
  special('save', 'save', undefined),
  special('shutdown-options', 'shutdown-on-sigint', ['default']),
  special('shutdown-options', 'shutdown-on-sigterm', ['default']),
]

/**
 * Every standard directive, in the order in which a rewrite emits them (the original has no fixed order: config.md
 * 6.3.1).
 */
export const DIRECTIVES: readonly Directive[] = [...NUMBERS, ...FLAGS, ...CHOICES, ...TEXTS, ...SPECIAL]

const BY_NAME: ReadonlyMap<string, Directive> = new Map(
  DIRECTIVES.flatMap((directive) => [directive.name, ...directive.aliases].map((name) => [name, directive] as const)),
)

/** The directive of this name or alias, in lower case. `dir` is not among them: it is an action, not a value. */
export function findDirective(name: string): Directive | undefined {
  return BY_NAME.get(name)
}

/** Directives of earlier releases that are accepted with exactly one argument and ignored (config.md 2.3.3). */
export const IGNORED_DIRECTIVES: ReadonlySet<string> = new Set([
  'list-max-ziplist-entries', 'list-max-ziplist-value', 'lua-replicate-commands',
])

/**
 * Directives that the original 7.0 refuses, but that another release between 2.8 and 8.1, or Valkey, has. None of them
 * affects a Sentinel, so a file with such lines is loaded.
 */
export const FOREIGN_DIRECTIVES: ReadonlySet<string> = new Set([
  // Removed before 7.0.
  'gopher-enabled', 'glueoutputbuf', 'tracking-table-max-fill', 'hash-max-zipmap-entries', 'hash-max-zipmap-value',
  // Redis 7.2 to 8.2.
  'cluster-compatibility-sample-ratio', 'key-memory-histograms', 'lazyexpire-nested-arbitrary-keys', 'lookahead',
  'lua-enable-deprecated-api', 'repl-rdb-channel', 'replica-full-sync-buffer-limit', 'tls-auth-clients-user',
  // Valkey 8.1.
  'active-defrag-cycle-us', 'cluster-manual-failover-timeout', 'commandlog-execution-slower-than',
  'commandlog-large-reply-max-len', 'commandlog-large-request-max-len', 'commandlog-reply-larger-than',
  'commandlog-request-larger-than', 'commandlog-slow-execution-max-len', 'hash-seed', 'import-mode', 'rdb-version-check',
  'rdma-bind', 'rdma-completion-vector', 'rdma-port', 'rdma-rx-size',
])
