/** Sentences about events. */
import type { EventJson } from '../../json.ts'
import type { MarkKind } from './elements.ts'
import { reasonText } from './failover-phases.ts'

/** Makes the sentence; undefined or empty when the event lacks a field that it needs. */
type Sentence = (event: EventJson) => string | undefined

const NODES = { master: 'Master', replica: 'Replica', sentinel: 'Sentinel' } as const

const SENTENCES: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ['+sdown', (event) => about(event, 'does not answer this sentinel.')],
  ['-sdown', (event) => about(event, 'answers again.')],
  ['+foreign-node', (event) => about(event, 'may hold the data of another deployment and gets no orders.')],
  ['+lost-data', ({ detail }) => detail && `The master ${detail.replace(/^#/, '')}.`],
  ['+odown', ({ agree }) => agree && `Enough sentinels agree that the master is down (${agree}).`],
  ['-odown', () => 'The sentinels no longer agree that the master is down.'],
  ['+witnessed', ({ agree }) => agree && `The master does not answer this sentinel, but replicas still receive its data (${agree}): it is not taken for down.`],
  ['-witnessed', ({ reason }) => reason && `Replicas no longer decide whether the master is down: ${reason}.`],
  ['+paused', ({ until, reason }) => until && `Failovers are paused on this sentinel until ${until}${reason === undefined ? '' : ` (${reason})`}.`],
  ['-paused', ({ reason }) => reason && `Failovers are no longer paused on this sentinel (${reason}).`],
  ['+peer-disagrees', (event) => event.to && about(event, `has announced ${event.to} as the master for more than 10 s.`)],
  ['-peer-disagrees', (event) => about(event, 'announces the same master again.')],
  ['+scheduled', ({ at, to }) => at && `A coordinated failover${to === undefined ? '' : ` to ${to}`} is scheduled at ${at}.`],
  ['-scheduled', ({ reason }) => reason && `A failover is no longer scheduled on this sentinel (${reason}).`],
  ['+new-epoch', ({ epoch }) => epoch && `Epoch ${epoch} begins.`],
  ['+try-failover', () => 'This sentinel is a candidate: it asks the others for their votes.'],
  ['+vote-for-leader', ({ leader }) => leader && `This sentinel votes for ${leader.slice(0, 8)}.`],
  ['+elected-leader', () => 'This sentinel is elected and leads the failover.'],
  ['+failover-state-select-slave', () => 'This sentinel selects the replica to promote.'],
  ['+selected-slave', (event) => about(event, 'is selected for promotion.')],
  ['+failover-state-send-slaveof-noone', (event) => about(event, 'is ordered to become the master.')],
  ['+failover-state-wait-promotion', ({ address }) => address && `This sentinel waits for ${address} to become the master.`],
  ['+promoted-slave', (event) => about(event, 'is promoted.')],
  ['+failover-state-reconf-slaves', () => 'The other replicas are reconfigured to follow the new master.'],
  ['+slave-reconf-sent', (event) => about(event, 'is ordered to follow the new master.')],
  ['+slave-reconf-inprog', (event) => about(event, 'follows the new master and synchronises.')],
  ['+slave-reconf-done', (event) => about(event, 'is in sync with the new master.')],
  ['+failover-end', () => 'The failover is complete.'],
  ['+failover-end-for-timeout', () => 'The failover timed out before all replicas were in sync.'],
  ['+config-update-from', (event) => about(event, 'announces a new configuration.')],
  ['+switch-master', ({ from, to }) => from && to && `The master is now ${to}. It was ${from}.`],
  ['-failover-abort-not-elected', aborted],
  ['-failover-abort-no-good-slave', aborted],
  ['-failover-abort-slave-timeout', aborted],
  ['-failover-abort-master-timeout', aborted],
  ['+slave', (event) => about(event, 'was discovered.')],
  ['+sentinel', (event) => about(event, 'was discovered.')],
  ['+monitor', (event) => about(event, 'is monitored now.')],
  ['-monitor', (event) => about(event, 'is no longer monitored.')],
  ['+reset-master', () => 'An operator reset the master.'],
  ['+set', ({ detail }) => detail && `A setting was changed: ${detail}`],
  ['+role-change', (event) => about(event, 'reports the expected role again.')],
  ['-role-change', (event) => about(event, 'reports another role than expected.')],
  ['+forgotten', (event) => about(event, 'was forgotten.')],
  ['+reboot', (event) => about(event, 'was restarted.')],
  ['+tilt', () => 'TILT: this sentinel was stopped for a while or its clock jumped. It makes no decisions until TILT ends.'],
  ['-tilt', () => 'TILT has ended.'],
  ['+convert-to-slave', (event) => about(event, 'is ordered to become a replica.')],
  ['+fix-slave-config', (event) => about(event, 'is ordered to follow the right master.')],
])

const BAD = /^(?:\+sdown|\+odown|\+lost-data|\+foreign-node|-failover-abort|\+tilt|-script)/
const GOOD = /^(?:-sdown|-odown|\+switch-master|-tilt|\+failover-end$|\+slave-reconf-done)/

/** The sentence about an event, or the event's own text when the page has no sentence for it. */
export function eventSentence(event: EventJson): string {
  const sentence = SENTENCES.get(event.event)?.(event)
  return sentence === undefined || sentence === '' ? event.payload : sentence
}

export function eventKind({ event }: EventJson): MarkKind {
  if (BAD.test(event)) return 'bad'
  return GOOD.test(event) ? 'ok' : 'info'
}

/** The sentence `Replica 10.0.0.2:6379 <does>`. */
function about({ subject, address }: EventJson, does: string): string | undefined {
  return subject === undefined || address === undefined ? undefined : `${NODES[subject]} ${address} ${does}`
}

function aborted({ reason }: EventJson): string | undefined {
  return reason && `The failover was aborted: ${reasonText(reason)}.`
}
