import type { ChannelClaim } from '../acl/index.ts'
import { ACL } from './acl/table.ts'
import { CLIENT } from './client/table.ts'
import { block, integer, MULTIPLE, oneOf, OPTIONAL, OPTIONAL_MULTIPLE, pattern, text, word } from './command-doc.ts'
import type { CommandSpec } from './command-spec.ts'
import { CATEGORIES, command, FLAGS } from './command-spec.ts'
import { COMMAND } from './command/table.ts'
import { auth } from './connection/auth.ts'
import { hello } from './connection/hello.ts'
import { ping } from './connection/ping.ts'
import { CHANNEL_CHARS_MAX, SUBSCRIPTIONS_PER_CLIENT_MAX } from './limits.ts'
import { publish } from './pubsub/publish.ts'
import { psubscribe, punsubscribe, subscribe, unsubscribe } from './pubsub/subscribe.ts'
import { SENTINEL } from './sentinel/table.ts'
import { info } from './server/info.ts'
import { role } from './server/role.ts'
import { shutdown } from './server/shutdown.ts'

/** The commands of a sentinel: these fifteen and no other (protocol.md 1.2). */

const BEFORE_LOGIN = {
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'], categories: ['fast', 'connection'],
} as const
const PUBSUB = {
  flags: ['pubsub', 'noscript', 'loading', 'stale'], categories: ['pubsub', 'slow'], worksWhileSubscribed: true,
} as const
const ALL_SHARDS = 'request_policy:all_shards'

/** One word and one character more than the command accepts: the ACL need not check what the command refuses. */
const claimed = (argv: readonly string[], count: number): readonly string[] =>
  argv.slice(1, 1 + count).map((name) => name.slice(0, CHANNEL_CHARS_MAX + 1))
const channels = (argv: readonly string[]): ChannelClaim =>
  ({ kind: 'channel', names: claimed(argv, SUBSCRIPTIONS_PER_CLIENT_MAX + 1) })
const patterns = (argv: readonly string[]): ChannelClaim =>
  ({ kind: 'pattern', names: claimed(argv, SUBSCRIPTIONS_PER_CLIENT_MAX + 1) })

const AUTH = command({
  name: 'auth', arity: -2, ...BEFORE_LOGIN, run: auth,
  doc: { summary: 'Log in', since: '1.0.0', group: 'connection', complexity: 'O(1)', arguments: [text('username', { since: '6.0.0', ...OPTIONAL }), text('password')] },
})

const HELLO = command({
  name: 'hello', arity: -1, ...BEFORE_LOGIN, run: hello,
  doc: {
    summary: 'Choose the protocol, and log in', since: '6.0.0', group: 'connection', complexity: 'O(1)',
    arguments: [
      block('arguments', [
        integer('protover'),
        block('auth', [text('username'), text('password')], { token: 'AUTH', ...OPTIONAL }),
        text('clientname', { token: 'SETNAME', ...OPTIONAL }),
      ], OPTIONAL),
    ],
  },
})

const PING = command({
  name: 'ping', arity: -1, flags: ['fast'], categories: ['fast', 'connection'], worksWhileSubscribed: true, run: ping,
  tips: [ALL_SHARDS, 'response_policy:all_succeeded'],
  doc: { summary: 'Show that the connection works', since: '1.0.0', group: 'connection', complexity: 'O(1)', arguments: [text('message', OPTIONAL)] },
})

const INFO = command({
  name: 'info', arity: -1, flags: FLAGS.C, categories: ['slow', 'dangerous'], run: info,
  tips: ['nondeterministic_output', ALL_SHARDS, 'response_policy:special'],
  doc: { summary: 'Facts and counters of this process', since: '1.0.0', group: 'server', complexity: 'O(1)', arguments: [text('section', OPTIONAL_MULTIPLE)] },
})

const ROLE = command({
  name: 'role', arity: 1, flags: ['noscript', 'loading', 'stale', 'fast'], categories: ['admin', 'fast', 'dangerous'],
  run: role,
  doc: { summary: 'What this process is, and for which masters', since: '2.8.12', group: 'server', complexity: 'O(1)' },
})

const SHUTDOWN = command({
  name: 'shutdown', arity: -1, flags: ['admin', 'noscript', 'loading', 'stale', 'no_multi', 'allow_busy'],
  categories: CATEGORIES.ADMIN, run: shutdown,
  doc: {
    summary: 'End this process', since: '1.0.0', group: 'server', complexity: 'O(1)',
    arguments: [
      oneOf('save-selector', [word('NOSAVE'), word('SAVE')], OPTIONAL),
      word('NOW', { since: '7.0.0', ...OPTIONAL }), word('FORCE', { since: '7.0.0', ...OPTIONAL }),
      word('ABORT', { since: '7.0.0', ...OPTIONAL }),
    ],
  },
})

const PUBLISH = command({
  name: 'publish', arity: 3, flags: ['pubsub', 'loading', 'stale', 'fast'], categories: ['pubsub', 'fast'], run: publish,
  isWrite: true, channels: (argv) => ({ kind: 'channel', names: claimed(argv, 1) }),
  doc: { summary: 'Hand over a hello message of another sentinel', since: '2.0.0', group: 'pubsub', complexity: 'O(1)', arguments: [text('channel'), text('message')] },
})

const PER_NAME = 'O(N), N being the number of names'

const SUBSCRIBE = command({
  name: 'subscribe', arity: -2, ...PUBSUB, run: subscribe, channels,
  doc: { summary: 'Listen to events by their names', since: '2.0.0', group: 'pubsub', complexity: PER_NAME, arguments: [text('channel', MULTIPLE)] },
})

const PSUBSCRIBE = command({
  name: 'psubscribe', arity: -2, ...PUBSUB, run: psubscribe, channels: patterns,
  doc: { summary: 'Listen to events by patterns', since: '2.0.0', group: 'pubsub', complexity: PER_NAME, arguments: [pattern('pattern', MULTIPLE)] },
})

const UNSUBSCRIBE = command({
  name: 'unsubscribe', arity: -1, ...PUBSUB, run: unsubscribe,
  doc: { summary: 'Stop listening to events by their names', since: '2.0.0', group: 'pubsub', complexity: PER_NAME, arguments: [text('channel', OPTIONAL_MULTIPLE)] },
})

const PUNSUBSCRIBE = command({
  name: 'punsubscribe', arity: -1, ...PUBSUB, run: punsubscribe,
  doc: { summary: 'Stop listening to events by patterns', since: '2.0.0', group: 'pubsub', complexity: PER_NAME, arguments: [pattern('pattern', OPTIONAL_MULTIPLE)] },
})

export const COMMANDS: readonly CommandSpec[] = Object.freeze([
  ACL, AUTH, CLIENT, COMMAND, HELLO, INFO, PING, PSUBSCRIBE, PUBLISH, PUNSUBSCRIBE, ROLE, SENTINEL, SHUTDOWN,
  SUBSCRIBE, UNSUBSCRIBE,
])
