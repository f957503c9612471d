/** Long words, long digits and many words, through the reader of requests, the commands and the encoder. */
import { Control, Deferred } from '../../src/commands/index.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { encode, RequestReader, type RespValue } from '../../src/resp/index.ts'
import type { SimRandom } from '../simulator/random.ts'
import { bench, type Bench } from '../unit/commands/fake-client.ts'
import { holding } from './meter.ts'
import { longText, Mutator } from './mutator.ts'
import { guarded, type Surface } from './surface.ts'

const REQUESTS_OF_A_CLIENT = 100
/** Where many words mean much work. */
const HEADS = [
  ['UNSUBSCRIBE'], ['SUBSCRIBE'], ['PSUBSCRIBE'], ['COMMAND', 'INFO'], ['COMMAND', 'DOCS'], ['CLIENT', 'KILL'],
  ['CLIENT', 'LIST', 'ID'], ['CLIENT', 'TRACKING', 'ON', 'BCAST'], ['ACL', 'SETUSER', 'u'], ['ACL', 'GETUSER', 'u'],
  ['ACL', 'DELUSER'], ['ACL', 'DRYRUN', 'u', 'SUBSCRIBE'], ['ACL', 'LOG'], ['SENTINEL', 'CONFIG', 'GET'],
  ['SENTINEL', 'CONFIG', 'SET'], ['SENTINEL', 'SET', 'mymaster'], ['SENTINEL', 'DEBUG'], ['SENTINEL', 'RESET'],
  ['SENTINEL', 'INFO-CACHE'], ['SENTINEL', 'SIMULATE-FAILURE'], ['SENTINEL', 'MONITOR'], ['INFO'], ['PING'], ['AUTH'],
  ['HELLO', '3'], ['PUBLISH', '__sentinel__:hello'], ['SHUTDOWN'], ['CLIENT', 'SETNAME'],
]
const WORDS = [
  'a', '*', '[a-z]*', '*a*a*a*a*b', 'acl', 'sentinel', 'PREFIX', 'ID', '1', 'SETNAME', '&c', '~k', '>p', '+ping', '-@all',
  '+ping|x', '(+ping)', 'parallel-syncs', 'info-period', 'mymaster', 'all', 'AUTH',
]

export const longInputs: Surface = {
  name: 'long requests',
  share: 30,
  run: async (random) => {
    const world = bench()
    let reader = newReader()
    for (let count = 0; count < REQUESTS_OF_A_CLIENT; count += 1) {
      const words = makeRequest(random)
      const wire = Buffer.from(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`, 'latin1')
      await guarded([words.length, words.slice(0, 5).map((word) => word.slice(0, 60))], () => run(world, reader, wire))
      // The server closes such a connection; the client connects again.
      if (reader.failure !== undefined) reader = newReader()
    }
    return REQUESTS_OF_A_CLIENT
  },
}

function newReader(): RequestReader {
  return new RequestReader({ isAuthenticated: () => true })
}

function makeRequest(random: SimRandom): string[] {
  const head = random.chance(80) ? random.pick(HEADS) : random.pick(COMMANDS).fullName.split('|')
  const mutator = new Mutator(random, WORDS)
  const count = random.chance(30) ? random.below(5000) : random.below(40)
  const prefix = random.pick(WORDS)
  const isVaried = random.chance(50)
  const many = Array.from({ length: count }, (_, at) => isVaried ? `${prefix}${at}` : prefix)
  if (random.chance(60)) many.push(longText(random), mutator.token())
  return [...head, ...many]
}

/** Reading in one piece; running and encoding in pieces, as the server does. */
async function run(world: Bench, reader: RequestReader, wire: Buffer): Promise<void> {
  const request = holding(() => {
    reader.push(wire)
    return reader.next()
  })
  if (request === undefined) return
  const answer = holding(() => {
    const value = world.run(request)
    if (!(value instanceof Deferred) && !(value instanceof Control)) encode(value, 2)
    return value
  })
  const finish = (value: RespValue): void => { encode(value, 3) }
  if (answer instanceof Deferred) {
    holding(() => { answer.start(finish) })
  }
  await new Promise((resolve) => { setImmediate(resolve) })
}
