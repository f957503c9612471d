import {
  eventually, killMaster, notYet, withDeployment, type Deployment, type SentinelKind, type SentinelProcess,
} from '../../../src/harness/index.ts'

/** An event with everything replaced that differs from run to run: addresses, ids, epochs, counts. */
export interface NormalEvent {
  /** Mark of the log line (`#` warning, `*` notice); undefined for an event taken from Pub/Sub. */
  readonly mark: string | undefined
  readonly event: string
  readonly payload: string
}

/** What a leader and a follower said, from the death of the master to the sdown of its remains. */
export interface FailoverStory {
  readonly leader: readonly NormalEvent[]
  readonly follower: readonly NormalEvent[]
  /** The same from their log files, with the marks. */
  readonly loggedByLeader: readonly NormalEvent[]
  readonly loggedByFollower: readonly NormalEvent[]
}

/** Kills the master of a fresh fleet and records one leader and one follower that did not stand itself. */
export async function recordFailover(kind: SentinelKind): Promise<FailoverStory> {
  // When all others stood as well there is no pure follower to look at; that run is no reference and is left aside.
  for (let attempt = 1; attempt <= 5; attempt++) {
    const story = await withDeployment({ sentinels: [kind, kind, kind], downAfterMs: 1_500 }, tryToRecord)
    if (story !== undefined) return story
  }
  throw new Error('in five failovers there was never a leader of the first attempt and a follower that did not stand')
}

async function tryToRecord(deployment: Deployment): Promise<FailoverStory | undefined> {
  const { timeline } = deployment
  const fault = await killMaster(deployment)
  const after = fault.position
  await Promise.all(deployment.sentinels.map(({ name }) =>
    timeline.waitFor({ source: name, event: '+sdown', text: /^slave /, after }, 60_000)))
  // A line may reach the log a moment after its event was published.
  await eventually('the logs to tell the end, too', () => {
    for (const sentinel of deployment.sentinels) {
      if (!sentinel.logLines().some((line) => line.includes(' +sdown slave '))) throw notYet(`not in the log of ${sentinel.name}`)
    }
  })
  const attempts = timeline.all({ event: '+try-failover', after })
  const elected = timeline.first({ event: '+elected-leader', after })?.source
  const leader = deployment.sentinels.find(({ name }) => name === elected)
  const follower = deployment.sentinels.find(({ name }) => !attempts.some(({ source }) => source === name))
  const aborted = timeline.first({ event: /^-failover-abort/, after }) !== undefined
  if (leader === undefined || follower === undefined || aborted) return undefined

  const normalise = await normaliser(deployment, leader, follower)
  const published = (sentinel: SentinelProcess): NormalEvent[] =>
    sinceTheFault(timeline.all({ kind: 'event', source: sentinel.name, after })
      .map(({ event, text }) => ({ mark: undefined, event, payload: normalise(text) })))
  const lines = (sentinel: SentinelProcess): NormalEvent[] =>
    sinceTheFault(eventsOfLog(sentinel.logLines())).map((one) => ({ ...one, payload: normalise(one.payload) }))
  return {
    leader: published(leader),
    follower: published(follower),
    loggedByLeader: lines(leader),
    loggedByFollower: lines(follower),
  }
}

async function normaliser(
  deployment: Deployment,
  leader: SentinelProcess,
  follower: SentinelProcess,
): Promise<(text: string) => string> {
  const [master, ...replicas] = deployment.nodes
  const promoted = await deployment.currentMaster()
  const other = replicas.find((node) => node !== promoted)
  const ports: readonly (readonly [number | undefined, string])[] = [
    [master?.address.port, 'OLD'], [promoted.address.port, 'NEW'], [other?.address.port, 'OTHER'],
  ]
  const ids = new Map([[await leader.myId(), 'LEADER'], [await follower.myId(), 'FOLLOWER']])
  return (text) => normalText(text, {
    ids,
    addresses: new Map(ports.map(([port, name]) => [`127.0.0.1 ${port}`, name])),
  })
}

interface Names {
  readonly ids: ReadonlyMap<string, string>
  /** `host port` to a name. */
  readonly addresses: ReadonlyMap<string, string>
}

function normalText(text: string, names: Names): string {
  let normal = text
  for (const [address, name] of names.addresses) {
    normal = normal.replaceAll(new RegExp(`${address.replaceAll('.', '\\.').replace(' ', '[ :]')}\\b`, 'g'), name)
  }
  for (const [id, name] of names.ids) normal = normal.replaceAll(id, name)
  return normal
    // The address of a sentinel: its name tells already who it is.
    .replace(/(sentinel (?:LEADER|FOLLOWER)) \S+ \d+/, '$1 ADDRESS')
    // The third sentinel, when it has followed the leader before this follower and announces its configuration.
    .replace(/^sentinel [0-9a-f]{40} \S+ \d+ (?=@)/, 'sentinel LEADER ADDRESS ')
    .replace(/^\d+$/, 'EPOCH')
    .replace(/^(LEADER|FOLLOWER) \d+$/, '$1 EPOCH')
    .replace(/#quorum \d+\/\d+/, '#quorum N/Q')
    .replace(/(^|@ |^master )(?:mymaster|redis-master) /, '$1MASTER ')
}

/** What is told before the first sign of trouble is about the start: an event may come after the view shows it. */
function sinceTheFault(events: readonly NormalEvent[]): NormalEvent[] {
  const first = events.findIndex(({ event }) => event === '+sdown' || event === '+new-epoch')
  return events.slice(first)
}

/** The events among log lines. Other lines (`... voted for ...`, `Next failover delay: ...`) are no events. */
function eventsOfLog(lines: readonly string[]): NormalEvent[] {
  return lines.flatMap((line) => {
    const [, mark, event = '', payload = ''] = /^\d+:X .*? ([#*.-]) ([+-][a-z-]+) (.*)$/.exec(line) ?? []
    return event === '' ? [] : [{ mark, event, payload }]
  })
}

/** A log kept from a real failover, in the same form. */
export function normalLog(text: string, names: Names): NormalEvent[] {
  return eventsOfLog(text.split('\n')).map((one) => ({ ...one, payload: normalText(one.payload, names) }))
}

/**
 * The part of a leader's story that no run may change. Left out is
 * - `-odown`, `-sdown` of the old master: they come or not, as peers that have switched already answer in time or not
 *   (behaviour.md Q31).
 */
export function leaderSequence(events: readonly NormalEvent[]): NormalEvent[] {
  return events.filter(({ event }) => event !== '-odown' && event !== '-sdown')
}

/**
 * The part of a follower's story that no run may change. Left out are
 * - its own `+sdown` and `+odown` of the master: it may see the master down before its vote, after it, or not before
 *   the leader has finished;
 * - role changes: it sees the new master's role by INFO or hears of it by hello, whatever is faster.
 */
export function followerSequence(events: readonly NormalEvent[]): NormalEvent[] {
  return events.filter(({ event, payload }) =>
    !/^[+-]role-change$/.test(event) && !(/^[+-][so]down$/.test(event) && payload.startsWith('master ')))
}
