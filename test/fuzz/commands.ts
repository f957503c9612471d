/** Words of clients that reach the commands: each is answered, with one whole reply, or in the other agreed ways. */
import { Decoder } from 'ioredis/built/resp/decoder.js'

import { COMMANDS } from '../../src/commands/table.ts'
import { encode } from '../../src/resp/index.ts'
import { bench, type Bench } from '../unit/commands/fake-client.ts'
import { holding } from './meter.ts'
import { Mutator } from './mutator.ts'
import { broken, guarded, type Surface } from './surface.ts'

/** Requests that one client sends, so that the state of its connection counts. */
const REQUESTS_OF_A_CLIENT = 100

const NAMES = COMMANDS.flatMap(({ fullName, subcommands = [] }) => [
  fullName, ...subcommands.map((sub) => sub.fullName),
])
const OPTIONS = [
  'quorum', 'down-after-milliseconds', 'parallel-syncs', 'auth-pass', 'rename-command', 'announce-ip', 'resolve-hostnames',
  'loglevel', 'ID', 'TYPE', 'ADDR', 'LADDR', 'SKIPME', 'USER', 'normal', 'yes', 'no', 'ON', 'OFF', 'SKIP', 'AUTH', 'SETNAME', '3',
  'default', '+@all', '-@all', '~*', '&*', 'nopass', '>secret', '<secret', '#', 'reset', 'resetkeys', '(', '%R~x', '127.0.0.1', '26379',
  '+switch-master', '*', 'ALL', 'WRITE', 'crash-after-election', 'info-period', 'everything', 'replication', 'PATTERN', 'FILTERBY',
]

export const commands: Surface = {
  name: 'commands',
  share: 20,
  run: async (random) => {
    const world = bench()
    const mutator = new Mutator(random, OPTIONS)
    const fed: (readonly string[])[] = []
    for (let count = 0; count < REQUESTS_OF_A_CLIENT; count += 1) {
      const argv = random.pick(NAMES).split('|')
      for (let words = random.below(6); words > 0; words -= 1) {
        argv.push(random.chance(50) ? random.pick(OPTIONS) : mutator.token())
      }
      const request = random.chance(20) ? argv.map((word) => mutator.mutate(word)) : argv
      if (request.length === 0) continue
      fed.unshift(request)
      await answered(world, request, fed)
    }
    return REQUESTS_OF_A_CLIENT
  },
}

/** Everything that was asked for before now and could be answered is answered then. */
function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => {
    setImmediate(resolve, undefined)
  })
}

/** An answer that waits for the core need not come here: the core of this world is none. */
async function answered(world: Bench, request: readonly string[], fed: readonly unknown[]): Promise<void> {
  try {
    const value = await Promise.race([holding(() => world.ask(...request)), nextTurn()])
    if (value === undefined) return
    guarded(request, () => { checkReply(encode(value, 2)) })
    guarded(request, () => encode(value, 3))
  } catch (error) {
    const text = error instanceof Error ? error.stack ?? '' : String(error)
    throw broken(text.split('\n').slice(0, 5).join(' | '), fed.slice(0, 20))
  }
}

/** SUBSCRIBE and its like answer once for each name; everything else exactly once. A decoder of others reads it. */
function checkReply(wire: string): void {
  let replies = 0
  const take = (): void => { replies += 1 }
  const decoder = new Decoder({ onReply: take, onErrorReply: take, onPush: take, getTypeMapping: () => ({}) })
  if (wire === '') return
  // What follows shows that the reply is whole and no longer than it says.
  decoder.write(Buffer.from(`${wire}+END\r\n`, 'latin1'))
  if (replies < 2) throw new Error(`its reply is not whole: ${JSON.stringify(wire.slice(0, 300))}`)
}
