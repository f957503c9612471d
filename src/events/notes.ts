/** The texts of messages for the log only (protocol.md 6.3). */
import type { HandoverEnd, Note } from '../core/index.ts'
import type { LogLevel } from '../ports/index.ts'
import { count, hostAndPort } from '../text/index.ts'

export interface LogLine {
  readonly level: LogLevel
  readonly text: string
}

export function noteLine(note: Note): LogLine {
  switch (note.kind) {
    case 'peer-voted':
      return { level: 'notice', text: `${note.peer} voted for ${note.leader} ${note.epoch}` }
    case 'failover-delay': {
      const until = localTime(new Date(note.untilWall))
      return { level: 'notice', text: `Next failover delay: I will not start a failover before ${until}` }
    }
    case 'failover-requested':
      return { level: 'notice', text: `Executing user requested FAILOVER of '${note.master}'` }
    case 'handover-ended':
      return { level: 'warning', text: `The coordinated failover of '${note.master}' ends: ${HANDOVER_END[note.why]}` }
    case 'resolve-failed':
      return { level: 'warning', text: `Failed to resolve hostname '${note.host}'` }
    case 'simulated-failure-armed':
      return { level: 'warning', text: ARMED[note.failure] }
    case 'simulated-crash':
      return { level: 'warning', text: 'Sentinel CRASH because of SENTINEL simulate-failure' }
    case 'access-refused':
      return { level: 'warning', text: `${note.node} refused ${note.command} of user '${note.user}': ${note.error}` }
    case 'tilt-cause':
      return { level: 'warning', text: `TILT because ${TILT_CAUSE[note.cause.kind]} ${Math.round(note.cause.byMs)} ms` }
    case 'down-cause':
      return { level: 'warning', text: `${note.node} is down: ${note.reason}` }
    case 'promotion-refused':
      return {
        level: 'warning',
        text: `The failover of ${note.master} ends because ${note.replica} refused ${note.command} of user '${note.user}': ${note.error}`,
      }
    case 'promotion-unreachable':
      return {
        level: 'warning',
        text: `The failover of ${note.master} ends because the connection to ${note.replica} failed: ${note.reason}`,
      }
    case 'same-server':
      return {
        level: 'warning',
        text: `${note.dropped} and ${note.kept} are the same server: ${note.dropped} is not kept as a replica of ${note.master}.`
          + ' Use one address for it everywhere (replica-announce-ip, known-replica lines). This is logged once.',
      }
    case 'same-id':
      return { level: 'warning', text: sameIdText(note) }
    case 'shared-address':
      return {
        level: 'warning',
        text: `More than one server answers at ${note.address}, the address of one replica of ${note.master}: commands may reach`
          + ' the wrong server. Give each an address of its own (replica-announce-ip, replica-announce-port). This is logged once.',
      }
    case 'vote-withheld':
      return {
        level: 'warning',
        text: `${note.candidate} does not get the vote of epoch ${note.epoch} for ${note.master}: the vote could not be saved`
          + ` (${note.error}), and a restart would lose it. Make the configuration file writable; until then only candidates with an`
          + ' epoch of their own get votes. This is logged once.',
      }
    case 'crash-detected':
      return { level: 'warning', text: crashText(note) }
    case 'known-again':
      return { level: 'notice', text: `The ${note.what} ${note.name} of ${note.master} was forgotten and is back` }
    case 'reset-kept-replicas':
      return {
        level: 'warning',
        text: `RESET of ${note.master} kept its ${count(note.count, 'replica')}: the master does not answer as a master, so it could not`
          + ' name them again, and without them no failover would be possible',
      }
    case 'nonsense':
      return { level: 'warning', text: `Ignored ${note.what} from ${note.from}. This is logged once.` }
  }
}

const TILT_CAUSE = {
  stopped: 'the process did not run for',
  forward: 'the clock jumped forward by',
  back: 'the clock went back by',
} as const

const HANDOVER_END: Readonly<Record<HandoverEnd, string>> = {
  'master-down': 'the master is down',
  'master-refuses': 'the master refused FAILOVER; SENTINEL EXPLAIN has its words',
  'replica-lost': 'the master lost the chosen replica',
  'replica-behind': 'the chosen replica lacked writes when the pause of the master ended, so the master remains',
  'replica-down': 'the chosen replica went down after it had taken over, so the old master is the master again',
}

function sameIdText({ id, address, other }: Extract<Note, { kind: 'same-id' }>): string {
  const who = other === undefined
    ? `The sentinel at ${address} has this sentinel's own id ${id}` : `The sentinels at ${address} and ${other} have the same id ${id}`
  return `${who}: they do not see each other and cannot agree on a failover. Stop one of them, remove the line`
    + ' "sentinel myid" from its configuration file and start it again. This is logged once.'
}

function crashText(note: Extract<Note, { kind: 'crash-detected' }>): string {
  const { master, host, port, downAfterMs, refusals, forMs, reachable, lost } = note
  const replicas = reachable === 0 ? 'no replica can be asked' : `${lost} of ${count(reachable, 'reachable replica')} lost it too`
  return `The process of ${master} at ${hostAndPort(host, port)} has ended, so it counts as down before down-after-milliseconds`
    + ` (${downAfterMs}): its connections ended, ${refusals} attempts within ${forMs} ms were refused, and ${replicas}`
    + ' (crash-detection).'
}

const ARMED = {
  'crash-after-election':
    'Failure simulation: this Sentinel will crash after being successfully elected as failover leader',
  'crash-after-promotion':
    'Failure simulation: this Sentinel will crash after promoting the selected replica to master',
} as const

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Local time in the form of the C library: `Sun Feb 23 05:04:08 2020`, the day padded with a blank. */
export function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = String(date.getDate()).padStart(2, ' ')
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${DAYS[date.getDay()] ?? ''} ${MONTHS[date.getMonth()] ?? ''} ${day} ${time} ${date.getFullYear()}`
}
