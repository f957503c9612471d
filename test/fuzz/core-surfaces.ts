/** What nodes and peers say, fed to a real core: INFO, hellos, and replies of all kinds to all commands. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply } from '../../src/core/index.ts'
import type { SimRandom } from '../simulator/random.ts'
import { CoreWorld } from './core-world.ts'
import { Mutator } from './mutator.ts'
import { guarded, type Surface } from './surface.ts'

/** Inputs that one core takes, so that one builds on what the others have done. */
const INPUTS_OF_A_CORE = 200

const INFO = ['master', 'replica'].map((name) => (
  readFileSync(join(process.cwd(), `test/fixtures/info/${name}.txt`), 'latin1').replaceAll(/\r?\n/g, '\r\n')
))
const SHORT_INFO = [
  `run_id:${'c'.repeat(40)}\r\nrole:master\r\nslave0:ip=10.0.1.2,port=6379,state=online,offset=10,lag=0\r\n`,
  `run_id:${'d'.repeat(40)}\r\nrole:slave\r\nmaster_host:10.0.1.1\r\nmaster_port:6379\r\nmaster_link_status:up\r\n`
  + 'slave_priority:100\r\nslave_repl_offset:77\r\nmaster_link_down_since_seconds:5\r\nreplica_announced:1\r\n',
  `run_id:${'e'.repeat(40)}\r\nrole:master\r\nslave0:10.0.1.7,6379,online\r\nslave1:ip=::1,port=6380\r\n`,
]
const INFO_TOKENS = [
  '\r\n', 'role:master\r\n', 'role:slave\r\n', 'slave0:', 'slave1:ip=10.0.0.9,port=6379', 'ip=', 'port=', 'master_host:',
  'master_port:0', 'run_id:', 'master_link_status:down', 'master_link_down_since_seconds:-1', 'slave_priority:-1', 'replica_announced:0',
]
const HELLO_TOKENS = [',', 'mymaster', 'other', '10.0.1.1', '10.0.1.2', '10.0.2.2', '6379', '26379', 'b'.repeat(40), 'a'.repeat(40)]
const ERRORS = [
  'ERR unknown', 'LOADING Redis is loading', 'MASTERDOWN Link with MASTER is down', 'BUSY Redis is busy', 'NOAUTH Authentication required.',
  'NOPERM this user has no permissions', 'WRONGPASS', 'EXECABORT', '', '-MISCONF',
]

function surface(name: string, share: number, feed: (world: CoreWorld, random: SimRandom) => unknown): Surface {
  return {
    name,
    share,
    run: (random) => {
      const world = new CoreWorld(random)
      const fed: unknown[] = []
      guarded(fed, () => {
        for (let count = 0; count < INPUTS_OF_A_CORE; count += 1) {
          const input = feed(world, random)
          // The story is told from its end: the last inputs are the ones that matter most.
          fed.unshift(input)
          if (random.chance(15)) world.pass(random.pick([1, 10, 100, 1000, 1000, 10_000]))
        }
        world.check()
      })
      return INPUTS_OF_A_CORE
    },
  }
}

export const infoReplies = surface('INFO replies', 20, (world, random) => {
  const mutator = new Mutator(random, INFO_TOKENS)
  const text = mutator.mutate(random.chance(15) ? random.pick(INFO) : random.pick(SHORT_INFO))
  while (!world.reply('info', () => ({ kind: 'bulk', text }))) refresh(world)
  return text
})

export const hellos = surface('hello payloads', 20, (world, random) => {
  const mutator = new Mutator(random, HELLO_TOKENS)
  const field = (usual: string, unusual: () => string): string => random.chance(75) ? usual : unusual()
  const payload = mutator.mutate([
    field(`10.0.2.${random.below(250)}`, () => mutator.text()),
    field('26379', () => mutator.number()),
    field(random.chance(50) ? 'b'.repeat(40) : random.hex(40), () => mutator.text()),
    field(String(random.below(50)), () => mutator.number()),
    field(random.chance(80) ? 'mymaster' : 'other', () => mutator.text()),
    field(`10.0.1.${random.below(4)}`, () => mutator.text()),
    field('6379', () => mutator.number()),
    field(String(random.below(50)), () => mutator.number()),
  ].join(','))
  const connection = world.connection('hello')
  if (connection === undefined || random.chance(20)) world.publish(payload)
  else world.message(connection, payload)
  return payload
})

export const replies = surface('replies', 10, (world, random) => {
  const mutator = new Mutator(random, [...INFO_TOKENS, ...HELLO_TOKENS])
  let seen: unknown
  while (!world.reply(undefined, (request) => {
    const reply = makeReply(mutator, 0)
    seen = { request: request.kind, reply }
    return reply
  })) refresh(world)
  return seen
})

/** New connections are made and new commands leave. */
function refresh(world: CoreWorld): void {
  world.pass(1000)
}

function makeReply(mutator: Mutator, depth: number): Reply {
  const { random } = mutator
  switch (random.below(depth > 3 ? 6 : 9)) {
    case 0: return { kind: 'status', text: random.chance(50) ? 'PONG' : mutator.text() }
    case 1: return { kind: 'status', text: 'OK' }
    case 2: return { kind: 'error', text: mutator.mutate(random.pick(ERRORS)) }
    case 3: return { kind: 'bulk', text: mutator.mutate(random.pick(SHORT_INFO)) }
    case 4: return { kind: 'integer', value: BigInt.asIntN(64, BigInt(random.next()) ** BigInt(random.below(5))) }
    case 5: return { kind: 'null' }
    case 6: return { kind: 'array', items: [
      { kind: 'integer', value: BigInt(random.below(3)) },
      { kind: 'bulk', text: random.chance(50) ? '*' : mutator.token() },
      { kind: 'integer', value: BigInt.asIntN(64, BigInt(random.next()) ** BigInt(random.below(4))) },
    ] }
    default: return { kind: 'array', items: Array.from({ length: random.below(5) }, () => makeReply(mutator, depth + 1)) }
  }
}
