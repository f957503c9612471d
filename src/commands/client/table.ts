import {
  integer, MULTIPLE, oneOf, OPTIONAL, text, word,
} from '../command-doc.ts'
import type { ArgumentDoc, CommandDoc } from '../command-doc.ts'
import type { CommandRow } from '../command-spec.ts'
import { CATEGORIES, command, CONTAINER_ONLY, FLAGS } from '../command-spec.ts'
import { noEvict, pause, reply, unblock, unpause } from './behaviour.ts'
import { help } from './help.ts'
import { getName, id, setInfo, setName } from './identity.ts'
import { kill } from './kill.ts'
import { info, list } from './list.ts'
import { caching, getRedirect, tracking, trackingInfo } from './tracking.ts'

const ALL_NODES = ['request_policy:all_nodes', 'response_policy:all_succeeded']
const ADMIN = { flags: FLAGS.B, categories: CATEGORIES.ADMIN_CONNECTION }
const OWN = { flags: FLAGS.A, categories: CATEGORIES.CONNECTION }
const ON_OFF = [word('ON'), word('OFF')]

function doc(
  summary: string, since: string, args: readonly ArgumentDoc[] = [], more: Partial<CommandDoc> = {},
): CommandDoc {
  const complexity = 'O(1)'
  return { summary, since, group: 'connection', complexity, ...(args.length > 0 && { arguments: args }), ...more }
}

const EVERY_CLIENT = { complexity: 'O(N), N being the number of connections' }
const TYPE_WORDS = [word('NORMAL'), word('MASTER'), word('REPLICA'), word('PUBSUB')]

const LIST_ARGUMENTS = [
  oneOf('client-type', TYPE_WORDS, { token: 'TYPE', since: '5.0.0', ...OPTIONAL }),
  integer('client-id', { token: 'ID', since: '6.2.0', flags: ['optional', 'multiple'] }),
]

const KILL_ARGUMENTS = [
  oneOf('filter', [
    text('ip:port'),
    oneOf('new-format', [
      integer('client-id', { token: 'ID', since: '2.8.12', ...OPTIONAL }),
      oneOf('client-type', [...TYPE_WORDS, word('SLAVE')], { token: 'TYPE', since: '2.8.12', ...OPTIONAL }),
      text('username', { token: 'USER', ...OPTIONAL }),
      text('addr', { token: 'ADDR', ...OPTIONAL }),
      text('laddr', { token: 'LADDR', since: '6.2.0', ...OPTIONAL }),
      oneOf('skipme', [word('YES'), word('NO')], { token: 'SKIPME', ...OPTIONAL }),
      integer('maxage', { token: 'MAXAGE', since: '7.4.0', ...OPTIONAL }),
    ], MULTIPLE),
  ]),
]

const TRACKING_ARGUMENTS = [
  oneOf('status', ON_OFF),
  integer('client-id', { token: 'REDIRECT', ...OPTIONAL }),
  text('prefix', { token: 'PREFIX', flags: ['optional', 'multiple', 'multiple_token'] }),
  word('BCAST', OPTIONAL), word('OPTIN', OPTIONAL), word('OPTOUT', OPTIONAL), word('NOLOOP', OPTIONAL),
]

const ROWS: readonly CommandRow[] = [
  { name: 'caching', arity: 3, ...OWN, run: caching, doc: doc('Say whether the next command is to be tracked', '6.0.0', [oneOf('mode', [word('YES'), word('NO')])]) },
  { name: 'getname', arity: 2, ...OWN, run: getName, doc: doc('Name of this connection', '2.6.9') },
  { name: 'getredir', arity: 2, ...OWN, run: getRedirect, doc: doc('Connection that gets the tracking messages of this one', '6.0.0') },
  { name: 'help', arity: 2, flags: FLAGS.C, categories: CATEGORIES.CONNECTION, run: help, doc: doc('Show the subcommands', '5.0.0') },
  { name: 'id', arity: 2, ...OWN, run: id, doc: doc('Number of this connection', '5.0.0') },
  { name: 'info', arity: 2, ...OWN, run: info, tips: ['nondeterministic_output'], doc: doc('Facts about this connection', '6.2.0') },
  { name: 'kill', arity: -3, ...ADMIN, run: kill, doc: doc('Close connections', '2.4.0', KILL_ARGUMENTS, EVERY_CLIENT) },
  { name: 'list', arity: -2, ...ADMIN, run: list, tips: ['nondeterministic_output'], doc: doc('Facts about all connections', '2.4.0', LIST_ARGUMENTS, EVERY_CLIENT) },
  { name: 'no-evict', arity: 3, ...ADMIN, run: noEvict, doc: doc('Keep this connection when memory is short', '7.0.0', [oneOf('enabled', ON_OFF)]) },
  { name: 'pause', arity: -3, ...ADMIN, run: pause, doc: doc('Hold requests back for some time', '3.0.0', [integer('timeout'), oneOf('mode', [word('WRITE'), word('ALL')], { since: '6.2.0', ...OPTIONAL })]) },
  { name: 'reply', arity: 3, ...OWN, run: reply, doc: doc('Choose whether this connection gets replies', '3.2.0', [oneOf('action', [...ON_OFF, word('SKIP')])]) },
  { name: 'setinfo', arity: 4, ...OWN, run: setInfo, tips: ALL_NODES, doc: doc('Tell name or version of the client library', '7.2.0', [oneOf('attr', [text('libname', { token: 'LIB-NAME' }), text('libver', { token: 'LIB-VER' })])]) },
  { name: 'setname', arity: 3, ...OWN, run: setName, tips: ALL_NODES, doc: doc('Name this connection', '2.6.9', [text('connection-name')]) },
  { name: 'tracking', arity: -3, ...OWN, run: tracking, doc: doc('Switch help for client-side caches on or off', '6.0.0', TRACKING_ARGUMENTS) },
  { name: 'trackinginfo', arity: 2, ...OWN, run: trackingInfo, doc: doc('State of the help for client-side caches', '6.2.0') },
  { name: 'unblock', arity: -3, ...ADMIN, run: unblock, doc: doc('Wake a connection that waits in a blocking command', '5.0.0', [integer('client-id'), oneOf('unblock-type', [word('TIMEOUT'), word('ERROR')], OPTIONAL)]) },
  { name: 'unpause', arity: 2, ...ADMIN, run: unpause, doc: doc('End CLIENT PAUSE', '6.2.0', [], EVERY_CLIENT) },
]

export const CLIENT = command({
  name: 'client', arity: -2, flags: FLAGS.NONE, categories: CATEGORIES.SLOW, run: CONTAINER_ONLY,
  doc: { summary: 'Commands about connections', since: '2.4.0', group: 'connection', complexity: 'Depends on subcommand.' },
}, ROWS)
