/**
 * Where explorations begin. The way there is a single one, the calmest; from there on everything that can happen does,
 * within the allowances.
 */
import type { DurableState } from '../../../src/core/index.ts'
import type { Broken } from './history.ts'
import { Explorable, MASTER_IP, type Choice, type World } from './world.ts'

export interface Scenario {
  readonly name: string
  readonly what: string
  readonly begin: (sentinels: number) => { readonly explorable: Explorable, readonly start: World }
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'election',
    what: 'the master is dead and each sentinel is about to notice; nobody crashes',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1, savesAtOnce: true })
      const start = beforeSdown(explorable, lostMaster(explorable))
      return { explorable, start: explorable.allow(start, { timers: 3, crashes: 0, breaks: 0 }) }
    },
  },
  {
    name: 'votes',
    what: 'two stand for election in one epoch; nobody crashes',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1, savesAtOnce: true })
      return { explorable, start: explorable.allow(rivals(explorable), { timers: 2, crashes: 0, breaks: 0 }) }
    },
  },
  {
    name: 'second round',
    what: 'one gave its election up while the votes for it are on their way, and may stand again',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1, savesAtOnce: true })
      return { explorable, start: explorable.allow(givenUp(explorable), { timers: 3, crashes: 0, breaks: 0 }) }
    },
  },
  {
    name: 'rivals',
    what: 'two stand for election in one epoch; each sentinel may crash once, one connection may break',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1, savesAtOnce: true })
      const start = rivals(explorable)
      return { explorable, start: explorable.allow(start, { timers: 1, crashes: 1, breaks: 1 }) }
    },
  },
  {
    name: 'slow disks',
    what: 'the same, and saves last as long as they like',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1 })
      const start = rivals(explorable)
      return { explorable, start: explorable.allow(start, { timers: 1, crashes: 1, breaks: 0 }) }
    },
  },
  {
    name: 'change',
    what: 'a leader has ordered the promotion: the new configuration spreads, while others may stand and crash',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, savesAtOnce: true })
      const start = ordered(explorable)
      return { explorable, start: explorable.allow(start, { timers: 2, crashes: 1, breaks: 1 }) }
    },
  },
  {
    name: 'back again',
    what: 'a leader is cut off while it turns the replicas; meanwhile the others have made the old master the master again',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, savesAtOnce: true, publishes: true })
      return { explorable, start: explorable.allow(backAgain(explorable), { timers: 2, crashes: 1, breaks: 0 }) }
    },
  },
  {
    name: 'returned master',
    what: 'the replaced master runs again while one sentinel has not learned of the switch; each may crash once',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1, savesAtOnce: true, publishes: true })
      const start = explorable.turnNode(replaced(explorable, ['10.0.0.1']), MASTER_IP, 'nobody')
      return { explorable, start: explorable.allow(start, { timers: 2, crashes: 1, breaks: 0 }) }
    },
  },
  {
    name: 'second promotion',
    what: 'the replaced master follows, and is being promoted again; one sentinel has not seen it since it was replaced',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1, savesAtOnce: true, publishes: true })
      return { explorable, start: explorable.allow(promotedAgain(explorable), { timers: 2, crashes: 0, breaks: 1 }) }
    },
  },
  {
    name: 'chosen again',
    what: 'the replaced master runs again as a master, and an operator orders a failover to it before it is demoted',
    begin: (sentinels) => {
      const explorable = new Explorable({ sentinels, replicas: 1, savesAtOnce: true, publishes: true })
      return { explorable, start: explorable.allow(chosenAgain(explorable), { timers: 1, crashes: 0, breaks: 0 }) }
    },
  },
  {
    name: 'old news',
    what: 'one sentinel holds the configuration before, all hellos are on their way, and the master dies',
    begin: (sentinels) => {
      const explorable = new Explorable({
        sentinels, replicas: 1, durable: holdsOldNews, savesAtOnce: true, publishes: true,
      })
      const start = explorable.killNode(explorable.begin(), MASTER_IP)
      return { explorable, start: explorable.allow(start, { timers: 2, crashes: 1, breaks: 0 }) }
    },
  },
]

/** A rule broke before the exploration itself began. */
export class BrokenOnTheWay extends Error {
  readonly broken: Broken

  constructor(broken: Broken) {
    super(`${broken.invariant}: ${broken.text}`)
    this.broken = broken
  }
}

/**
 * The last sentinel was away when the master became the master, in epoch 4. The first one has seen two elections since
 * that nobody won.
 */
function holdsOldNews(index: number, usual: DurableState): DurableState {
  const [master] = usual.masters
  if (master === undefined) return usual
  if (index < master.sentinels.length) {
    return { ...usual, currentEpoch: index === 0 ? 6n : 4n, masters: [{ ...master, configEpoch: 4n, leaderEpoch: 4n }] }
  }
  const [old] = master.replicas
  if (old === undefined) return usual
  return {
    ...usual,
    currentEpoch: 3n,
    masters: [{
      ...master, ...old, configEpoch: 3n, leaderEpoch: 3n, replicas: [{ host: master.host, port: master.port }],
    }],
  }
}

function lostMaster(explorable: Explorable): World {
  const quiet = calmly(explorable, explorable.begin(), isArrival, () => false)
  return calmly(explorable, explorable.killNode(quiet, MASTER_IP), isArrival, () => false)
}

/** Time goes on for everybody until the next deadline is the one that finds the master down. */
function beforeSdown(explorable: Explorable, from: World): World {
  let world = from
  for (let index = 0; index < explorable.count; index += 1) {
    for (;;) {
      const next = fire(explorable, world, index)
      if (explorable.core(next, index).isDown) break
      world = calmly(explorable, next, isArrival, () => false)
    }
  }
  return world
}

/** Everybody agrees that the master is down, and two stand for election. */
function rivals(explorable: Explorable): World {
  let world = allDown(explorable)
  for (const index of [0, 1]) world = stand(explorable, world, index)
  return world
}

/** The first one stood, everybody voted for it, but it never heard of that and gave up. */
function givenUp(explorable: Explorable): World {
  let world = stand(explorable, allDown(explorable), 0)
  world = calmly(explorable, world, ({ text }) => isArrival({ text }) && !text.startsWith('s1 from'), () => false)
  for (let round = 0; explorable.core(world, 0).phase !== 'none' && round < ROUNDS_MAX; round += 1) {
    world = fire(explorable, world, 0)
  }
  return world
}

/** Everybody agrees that the master is down. */
function allDown(explorable: Explorable): World {
  let world = beforeSdown(explorable, lostMaster(explorable))
  for (let index = 0; index < explorable.count; index += 1) world = fire(explorable, world, index)
  return answered(explorable, world)
}

function stand(explorable: Explorable, from: World, index: number): World {
  let world = from
  for (let round = 0; explorable.core(world, index).phase === 'none' && round < ROUNDS_MAX; round += 1) {
    world = answered(explorable, fire(explorable, world, index))
  }
  return world
}

/** Deadlines and messages on the single way to a beginning; more mean that it leads nowhere. */
const ROUNDS_MAX = 10_000

/** Questions about the master are answered, requests for votes are left on their way. */
function answered(explorable: Explorable, from: World): World {
  return calmly(explorable, from, ({ text }) => isArrival({ text }) && !text.includes('vote for me'), () => false)
}

/** One sentinel leads, and its order to the chosen replica is on its way. */
function ordered(explorable: Explorable): World {
  let world = beforeSdown(explorable, lostMaster(explorable))
  for (let index = 0; index < explorable.count; index += 1) world = fire(explorable, world, index)
  const isOrdered = (seen: World) => [...explorable.choices(seen)].some(({ text }) => text.includes('follow nobody'))
  for (let round = 0; round < 200; round += 1) {
    world = calmly(explorable, world, isArrival, isOrdered)
    if (isOrdered(world)) return world
    world = fire(explorable, world, 0)
  }
  throw new Error('nobody was ever elected')
}

/** The leader has saved the promotion, and its hellos to the others are on their way. */
function promoted(explorable: Explorable): World {
  const isPromoted = (seen: World) => explorable.ids.some((_id, index) => explorable.core(seen, index).configEpoch > 0n)
  const world = calmly(explorable, ordered(explorable), isArrival, isPromoted)
  if (!isPromoted(world)) throw new Error('no promotion was seen')
  return world
}

/**
 * Everybody has the new configuration and has heard it from everybody else; the old master is still gone. What the
 * sentinels at the addresses `deaf` are told is still on its way.
 */
function replaced(explorable: Explorable, deaf: readonly string[] = []): World {
  const hearing = explorable.ids.map((_id, index) => index).slice(deaf.length)
  const mayArrive = (choice: Choice) => isArrival(choice) && !deaf.some((ip) => choice.text.includes(` to ${ip}: hello`))
  const isDoneBy = (seen: World, index: number) => {
    const { announcing, phase } = explorable.core(seen, index)
    return announcing === hearing.length - 1 && phase === 'none'
  }
  let world = calmly(explorable, promoted(explorable), mayArrive, () => false)
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (hearing.every((index) => isDoneBy(world, index))) return world
    const turn = hearing[round % hearing.length] ?? 0
    world = calmly(explorable, fire(explorable, world, turn), mayArrive, () => false)
  }
  throw new Error('the configuration did not spread')
}

/** The old master follows the new one. All but the last sentinel have seen that, and the first promotes it again. */
function promotedAgain(explorable: Explorable): World {
  let world = replaced(explorable)
  const [, heir] = Object.keys(explorable.nodes(world))
  if (heir === undefined) throw new Error('no replica was there')
  world = explorable.turnNode(world, MASTER_IP, heir)
  for (let index = 0; index < explorable.count - 1; index += 1) {
    for (let round = 0; explorable.core(world, index).roles.get(MASTER_IP) !== 'slave' && round < ROUNDS_MAX; round += 1) {
      world = calmly(explorable, fire(explorable, world, index), isArrival, () => false)
    }
  }
  const { world: next, broken } = explorable.operate(world, 0, { kind: 'failover', name: 'mymaster' })
  if (broken !== undefined) throw new BrokenOnTheWay(broken)
  return next
}

/** The old master runs again as a master. The first sentinel has seen that, and is ordered to fail over. */
function chosenAgain(explorable: Explorable): World {
  let world = explorable.turnNode(replaced(explorable), MASTER_IP, 'nobody')
  for (let index = 0; index < explorable.count; index += 1) {
    for (let round = 0; explorable.core(world, index).roles.get(MASTER_IP) !== 'master' && round < ROUNDS_MAX; round += 1) {
      world = fire(explorable, world, index)
    }
  }
  const { world: next, broken } = explorable.operate(world, 0, { kind: 'failover', name: 'mymaster' })
  if (broken !== undefined) throw new BrokenOnTheWay(broken)
  return next
}

function backAgain(explorable: Explorable): World {
  const leaderOf = (seen: World) => explorable.ids.findIndex((_id, index) => (
    explorable.core(seen, index).phase === 'reconf-replicas'
  ))
  const world = calmly(explorable, ordered(explorable), isArrival, (seen) => leaderOf(seen) >= 0)
  const leader = leaderOf(world)
  if (leader < 0) throw new Error('no promotion was seen')
  const nodes: Record<string, string> = { ...explorable.nodes(world), [MASTER_IP]: 'nobody' }
  for (const ip of Object.keys(nodes)) if (ip !== MASTER_IP) nodes[ip] = MASTER_IP
  const disks = explorable.ids.flatMap((_id, index) => {
    const { durable } = explorable.core(world, index)
    const masters = durable.masters.map((master) => ({ ...master, configEpoch: 2n, leaderEpoch: 2n }))
    return index === leader ? [] : [{ index, durable: { ...durable, currentEpoch: 2n, masters } }]
  })
  return explorable.skip(world, nodes, disks)
}

function isArrival({ text }: Pick<Choice, 'text'>): boolean {
  return !/pass for|crashes|breaks/.test(text)
}

/** The first thing that may happen does, until nothing is left or the end is reached. */
function calmly(
  explorable: Explorable, from: World, mayHappen: (choice: Choice) => boolean, isEnd: (world: World) => boolean,
): World {
  let world = from
  for (let round = 0; round < ROUNDS_MAX && !isEnd(world); round += 1) {
    const choice = [...explorable.choices(world)].find(mayHappen)
    if (choice === undefined) return world
    const { world: next, broken } = choice.run()
    if (broken !== undefined) throw new BrokenOnTheWay(broken)
    world = next
  }
  return world
}

function fire(explorable: Explorable, world: World, index: number): World {
  const choice = [...explorable.choices(world)].find(({ text }) => text.endsWith(`pass for s${index + 1}`))
  if (choice === undefined) throw new Error(`s${index + 1} waits for nothing`)
  return choice.run().world
}
