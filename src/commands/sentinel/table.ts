import { block, integer, MULTIPLE, oneOf, OPTIONAL, OPTIONAL_MULTIPLE, pattern, text, word } from '../command-doc.ts'
import type { ArgumentDoc, CommandDoc } from '../command-doc.ts'
import type { CommandRow, Handler } from '../command-spec.ts'
import { CATEGORIES, command, CONTAINER_ONLY, FLAGS } from '../command-spec.ts'
import { flushConfig, isMasterDown, remove, reset } from './changes.ts'
import { config } from './config.ts'
import { debug } from './debug.ts'
import { explain, history } from './explain.ts'
import { failover } from './failover.ts'
import { forget } from './forget.ts'
import { help } from './help.ts'
import { monitor } from './monitor.ts'
import { pause, paused, resume } from './pause.ts'
import { pendingScripts } from './pending-scripts.ts'
import {
  checkQuorum, getMasterAddress, infoCache, master, masters, myId, replicas, sentinels,
} from './queries.ts'
import { set } from './set.ts'
import { simulateFailure } from './simulate-failure.ts'

const NAME = [text('master-name')]
const PARAMETER_VALUE = [text('parameter'), text('value')]
const PEER_QUESTION = [text('ip'), integer('port'), integer('current-epoch'), text('runid')]

const CONFIG_ARGUMENTS = [
  oneOf('set_or_get', [
    block('set_param_value', PARAMETER_VALUE, { token: 'SET', ...MULTIPLE }),
    text('parameter', { token: 'GET', ...MULTIPLE }),
  ]),
]

const FORGET_ARGUMENTS = [
  ...NAME,
  oneOf('record', [
    block('replica', [text('host'), integer('port')], { token: 'REPLICA' }),
    block('sentinel', [oneOf('which', [text('id'), block('address', [text('host'), integer('port')])])], { token: 'SENTINEL' }),
  ]),
  integer('milliseconds', { token: 'FOR', ...OPTIONAL }),
  word('FORCE', OPTIONAL),
]

const FAILURE_ARGUMENTS = [
  oneOf('mode', [word('CRASH-AFTER-ELECTION'), word('CRASH-AFTER-PROMOTION'), word('HELP')], OPTIONAL_MULTIPLE),
]

const FAILOVER_ARGUMENTS = [
  ...NAME,
  block('coordinated', [
    word('COORDINATED'),
    block('target', [text('host'), integer('port')], { token: 'TO', ...OPTIONAL }),
    integer('milliseconds', { token: 'TIMEOUT', ...OPTIONAL }),
    integer('unix-time-milliseconds', { token: 'AT', ...OPTIONAL }),
  ], OPTIONAL),
]

interface RowDoc {
  readonly summary: string
  readonly since: string
  readonly args?: readonly ArgumentDoc[]
  readonly complexity?: string
  readonly deprecated?: CommandDoc['deprecated']
}

function row(name: string, arity: number, run: Handler, doc: RowDoc): CommandRow {
  const { summary, since, args, complexity = 'O(1)', deprecated } = doc
  return {
    name, arity, run, flags: FLAGS.S, categories: CATEGORIES.ADMIN,
    doc: {
      summary, since, group: 'sentinel', complexity,
      ...(args && { arguments: args }), ...(deprecated && { deprecated }),
    },
  }
}

const PER_MASTER = 'O(N), N being the number of masters'

const ROWS: readonly CommandRow[] = [
  row('ckquorum', 3, checkQuorum, { summary: 'Check whether quorum and majority can be reached', since: '2.8.4', args: NAME }),
  row('config', -4, config, { summary: 'Read or change settings of this sentinel', since: '6.2.0', args: CONFIG_ARGUMENTS }),
  row('debug', -2, debug, { summary: 'Read or change the periods of this sentinel', since: '7.0.0', args: [block('parameter_value', PARAMETER_VALUE, MULTIPLE)] }),
  row('failover', -3, failover, { summary: 'Fail over now, without asking the others, or in coordination with the master', since: '2.8.4', args: FAILOVER_ARGUMENTS }),
  row('flushconfig', 2, flushConfig, { summary: 'Write the configuration file', since: '2.8.4' }),
  row('get-master-addr-by-name', 3, getMasterAddress, { summary: 'Address of a master', since: '2.8.4', args: NAME }),
  { ...row('help', 2, help, { summary: 'Show the subcommands', since: '6.2.0' }), flags: FLAGS.C, categories: CATEGORIES.SLOW },
  row('info-cache', -3, infoCache, { summary: 'Last INFO of a master and its replicas', since: '3.2.0', args: [text('nodename', MULTIPLE)], complexity: 'O(N), N being the number of instances' }),
  row('is-master-down-by-addr', 6, isMasterDown, { summary: 'Ask for this sentinel\'s view of a master and for its vote', since: '2.8.4', args: PEER_QUESTION }),
  row('master', 3, master, { summary: 'State of one master', since: '2.8.4', args: NAME }),
  row('masters', 2, masters, { summary: 'State of all masters', since: '2.8.4', complexity: PER_MASTER }),
  row('monitor', 6, monitor, { summary: 'Begin to monitor a master', since: '2.8.4', args: [text('name'), text('ip'), integer('port'), integer('quorum')] }),
  row('myid', 2, myId, { summary: 'Id of this sentinel', since: '6.2.0' }),
  row('pending-scripts', 2, pendingScripts, { summary: 'Scripts that run or wait', since: '2.8.4' }),
  row('remove', 3, remove, { summary: 'Stop monitoring a master', since: '2.8.4', args: NAME }),
  row('replicas', 3, replicas, { summary: 'State of the replicas of a master', since: '5.0.0', args: NAME, complexity: 'O(N), N being the number of replicas' }),
  row('reset', 3, reset, { summary: 'Forget what is known about matching masters', since: '2.8.4', args: [pattern('pattern')], complexity: PER_MASTER }),
  row('sentinels', 3, sentinels, { summary: 'State of the other sentinels of a master', since: '2.8.4', args: NAME, complexity: 'O(N), N being the number of sentinels' }),
  row('set', -5, set, { summary: 'Change settings of a master', since: '2.8.4', args: [...NAME, block('option_value', [text('option'), text('value')], MULTIPLE)] }),
  row('simulate-failure', -3, simulateFailure, { summary: 'Crash at a chosen point of a failover', since: '3.2.0', args: FAILURE_ARGUMENTS }),
  row('slaves', 3, replicas, { summary: 'State of the replicas of a master', since: '2.8.0', args: NAME, complexity: 'O(N), N being the number of replicas', deprecated: { since: '5.0.0', replacedBy: '`SENTINEL REPLICAS`' } }),
  // These are not in the original.
  row('pause', -5, pause, { summary: 'Pause failovers of a master on this sentinel', since: '7.0.0', args: [...NAME, integer('milliseconds', { token: 'FOR' }), text('text', { token: 'REASON', ...OPTIONAL_MULTIPLE })] }),
  row('resume', 3, resume, { summary: 'End a pause of failovers', since: '7.0.0', args: NAME }),
  row('paused', 3, paused, { summary: 'How far failovers of a master are paused', since: '7.0.0', args: NAME }),
  row('explain', 3, explain, { summary: 'Why a failover of a master happens now, or does not', since: '7.0.0', args: NAME, complexity: 'O(N), N being the number of instances' }),
  row('forget', -5, forget, { summary: 'Forget a dead replica or sentinel for some time', since: '7.0.0', args: FORGET_ARGUMENTS, complexity: 'O(N), N being the number of instances' }),
  row('history', -2, history, { summary: 'The failovers that are remembered', since: '7.0.0', args: [text('master-name', OPTIONAL)], complexity: 'O(N), N being the number of failovers' }),
  // Names that Valkey's sentinel uses (protocol.md 2.1). They have the rights of the older names.
  { ...row('get-primary-addr-by-name', 3, getMasterAddress, { summary: 'Address of a master', since: '8.0.0', args: NAME }), aliasOf: 'sentinel|get-master-addr-by-name' },
  { ...row('is-primary-down-by-addr', 6, isMasterDown, { summary: 'Ask for this sentinel\'s view of a master and for its vote', since: '8.0.0', args: PEER_QUESTION }), aliasOf: 'sentinel|is-master-down-by-addr' },
  { ...row('primaries', 2, masters, { summary: 'State of all masters', since: '8.0.0', complexity: PER_MASTER }), aliasOf: 'sentinel|masters' },
  { ...row('primary', 3, master, { summary: 'State of one master', since: '8.0.0', args: NAME }), aliasOf: 'sentinel|master' },
]

export const SENTINEL = command({
  name: 'sentinel', arity: -2, flags: FLAGS.S, categories: CATEGORIES.ADMIN, run: CONTAINER_ONLY,
  doc: { summary: 'Commands of Sentinel', since: '2.8.4', group: 'sentinel', complexity: 'Depends on subcommand.' },
}, ROWS)
