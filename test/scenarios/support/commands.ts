/** Commands of transcripts. Faults of the simulator are commands, too, in the form in which it prints them. */
import type { Operation } from '../../../src/core/index.ts'
import type { ReplicaExplanation } from '../../../src/core/index.ts'
import { isAtRest, Writer, type Fault } from '../../simulator/index.ts'
import type { Stage } from './stage.ts'
import { readDuration, readFields } from './words.ts'

/** Returns lines for the output, beside what was logged. */
type Command = (stage: Stage, words: readonly string[]) => readonly string[] | Promise<readonly string[]>

const OPERATIONS: Readonly<Record<Operation['kind'], true>> = {
  'hello': true, 'is-master-down': true, 'monitor': true, 'remove': true, 'reset': true, 'failover': true, 'set': true,
  'set-globals': true, 'set-tunables': true, 'simulate-failure': true, 'save': true,
  'pause': true, 'resume': true, 'paused': true, 'tell-pause': true, 'note-order': true, 'cancel-failover': true,
  'forget': true, 'reload': true,
}

const FAULTS: Readonly<Record<Fault['kind'], true>> = {
  'kill-node': true, 'power-cut-node': true, 'pause-node': true, 'busy-node': true, 'pause-writes': true,
  'failing-snapshots': true, 'loading-node': true, 'odd-pings': true, 'misdirect-node': true, 'reuse-address': true, 'announce-address': true,
  'never-synchronised': true, 'change-priority': true, 'promote-by-hand': true, 'kill-sentinel': true, 'power-cut-sentinel': true,
  'pause-sentinel': true, 'jump-wall-clock': true, 'drift-clock': true, 'slow-disk': true, 'failing-disk': true,
  'stuck-disk': true, 'partition': true, 'slow-network': true, 'cut-connections': true, 'intercept': true, 'operator': true,
  'operators': true, 'split-configuration': true, 'second-promotion': true, 'ambush': true,
}

const NOTHING: readonly string[] = []
const REST_POLL_MS = 100
const WRITE_EVERY_MS = 50

const COMMANDS: Readonly<Record<string, Command>> = {
  /** `run 8s`: lets the time pass. */
  async run(stage, [duration = '']) {
    await stage.run(readDuration(duration))
    return NOTHING
  },

  /** `until +event [by s1] within 10s`: until the event was seen since the last block. */
  async until(stage, words) {
    const [event = '', ...rest] = words
    const who = rest[0] === 'by' ? rest[1] : undefined
    const limit = rest[who === undefined ? 1 : 3] ?? ''
    await stage.hears(event, readDuration(limit), who)
    return NOTHING
  },

  /** `rest within 30s`: until all sentinels agree, all nodes follow, and nothing is flagged. */
  async rest(stage, [, limit = '']) {
    const isAtRestNow = () => isAtRest(stage.cluster)
    const rests = await stage.cluster.reaches(isAtRestNow, readDuration(limit), { everyMs: REST_POLL_MS })
    if (!rests) await stage.rests(0)
    return NOTHING
  },

  /** `kill m r1`: the processes of nodes or sentinels end. */
  kill: (stage, names) => forEach(stage, names, (machine) => { machine.kill() }),
  start: (stage, names) => forEach(stage, names, (machine) => { machine.start() }),
  pause: (stage, names) => forEach(stage, names, (machine) => { machine.pause() }),
  resume: (stage, names) => forEach(stage, names, (machine) => { machine.resume() }),

  /** `promote r1`: an operator runs REPLICAOF NO ONE on it. */
  promote: (stage, names) => {
    for (const name of names) stage.cluster.node(name).replicaOf('NO', 'ONE')
    return NOTHING
  },

  /** `block m r1`: the two do not reach each other any more; established connections are cut. */
  block: (stage, [one = '', other = '']) => {
    const [from, to] = [stage.cluster.ipOf(one), stage.cluster.ipOf(other)]
    stage.cluster.network.cut(from, to)
    stage.cluster.network.block(from, to)
    stage.cluster.network.block(to, from)
    return NOTHING
  },

  unblock: (stage, [one = '', other = '']) => {
    const [from, to] = [stage.cluster.ipOf(one), stage.cluster.ipOf(other)]
    stage.cluster.network.unblock(from, to)
    stage.cluster.network.unblock(to, from)
    return NOTHING
  },

  /** `write for 2s`: a client of mymaster writes. */
  async write(stage, [, duration = '']) {
    const writer = new Writer(stage.cluster, {
      name: 'w', ip: '10.0.9.1', group: 'mymaster', everyMs: WRITE_EVERY_MS, firstId: 1,
    })
    await stage.run(readDuration(duration))
    writer.stop()
    return NOTHING
  },

  /** `operate s1 failover name=mymaster`: an operator's or a peer's command. `<s2>` in a value is the id of s2. */
  async operate(stage, [sentinel = '', kind = '', ...fields]) {
    if (!(kind in OPERATIONS)) throw new Error(`unknown operation ${kind}`)
    const named = fields.map((field) => field.replaceAll(/<(\w+)>/g, (_all, name: string) => stage.cluster.sentinel(name).id))
    await stage.cluster.operate(sentinel, { kind, ...readFields(named) } as Operation)
    return NOTHING
  },

  /** `ranking s1`: the order in which this sentinel would promote the replicas, and why the others are left out. */
  ranking: (stage, [sentinel = '']) => {
    const node = stage.cluster.sentinel(sentinel)
    const replicas = node.view?.explain('mymaster', node.now())?.replicas ?? []
    return [`ranking of ${sentinel}`, ...replicas.map((replica) => `  ${replica.name} ${standingText(replica)}`)]
  },
}

function standingText({ standing, lastResort }: ReplicaExplanation): string {
  const suffix = lastResort === undefined ? '' : `, as a last resort (${lastResort})`
  switch (standing.kind) {
    case 'best':
      return standing.by === undefined ? `is the only one${suffix}` : `is the best by ${standing.by}${suffix}`
    case 'lower':
      return `is number ${standing.rank} by ${standing.by}${suffix}`
    case 'excluded':
      return `is left out: ${standing.why}`
  }
}

interface Machine {
  kill(): void
  start(): void
  pause(): void
  resume(): void
}

function forEach(stage: Stage, names: readonly string[], action: (machine: Machine) => void): readonly string[] {
  for (const name of names) {
    const isSentinel = stage.cluster.sentinels.some((sentinel) => sentinel.name === name)
    action(isSentinel ? stage.cluster.sentinel(name) : stage.cluster.node(name))
  }
  return NOTHING
}

/** @throws Error on an unknown command. */
export async function runCommand(stage: Stage, line: string): Promise<readonly string[]> {
  const [name = '', ...words] = line.split(' ')
  if (name === '#') return NOTHING
  const command = COMMANDS[name]
  if (command !== undefined) return command(stage, words)
  if (!(name in FAULTS)) throw new Error(`unknown command ${name}`)
  stage.do({ kind: name, ...readFields(words) } as Fault)
  return NOTHING
}
