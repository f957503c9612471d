/** What clients send: the reader must read the same in all chunkings, and say why when it stops. */
import { RequestReader, type RequestFailure } from '../../src/resp/index.ts'
import type { SimRandom } from '../simulator/random.ts'
import { holding } from './meter.ts'
import { Mutator } from './mutator.ts'
import { broken, guarded, type Surface } from './surface.ts'

const TOKENS = [
  '*1\r\n', '*0\r\n', '*-1\r\n', '*2\r\n', '*1000000\r\n', '$0\r\n\r\n', '$-1\r\n', '$4\r\n', '\r\n', '\n', '$', '*', ':1\r\n', '+OK\r\n',
  'PING', 'PING\r\n', 'AUTH', 'HELLO', 'SENTINEL', 'MASTERS', 'SUBSCRIBE', '"', "'", '\\x41', '\\', '$16385\r\n', '*11\r\n',
]
const WORDS = [
  ['PING'], ['AUTH', 'secret'], ['HELLO', '3'], ['SENTINEL', 'MASTERS'], ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'],
  ['SENTINEL', 'SET', 'mymaster', 'quorum', '3'], ['SUBSCRIBE', '+switch-master', 'x'], ['INFO'], ['', ''], ['\r\n', '\0'],
]

interface Read {
  readonly requests: readonly (readonly string[])[]
  readonly failure: RequestFailure | undefined
}

export const requests: Surface = {
  name: 'requests',
  share: 30,
  run: (random) => {
    const mutator = new Mutator(random, TOKENS)
    const bytes = mutator.mutate(Array.from({ length: random.between(1, 4) }, () => oneRequest(random)).join(''))
    const isAuthenticated = random.chance(60)
    const whole = guarded(bytes, () => read([bytes], isAuthenticated))
    const pieces = mutator.chunks(bytes)
    const chunked = guarded(pieces, () => read(pieces, isAuthenticated))
    if (JSON.stringify(whole) !== JSON.stringify(chunked)) {
      throw broken(`read as ${JSON.stringify(whole)} whole and as ${JSON.stringify(chunked)} in pieces`, pieces)
    }
    if (whole.requests.some((words) => words.length === 0)) throw broken('a request without a word', bytes)
    return 1
  },
}

function oneRequest(random: SimRandom): string {
  const words = random.pick(WORDS)
  if (random.chance(25)) return `${words.join(' ')}${random.chance(50) ? '\r\n' : '\n'}`
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
}

function read(pieces: readonly string[], isAuthenticated: boolean): Read {
  const reader = new RequestReader({ isAuthenticated: () => isAuthenticated })
  const found: (readonly string[])[] = []
  let bytes = 0
  for (const piece of pieces) {
    const bytesOfPiece = Buffer.from(piece, 'latin1')
    bytes += piece.length
    holding(() => {
      reader.push(bytesOfPiece)
      for (let request = reader.next(); request !== undefined; request = reader.next()) found.push(request)
    })
    if (reader.bufferedBytes > bytes) throw new Error(`${reader.bufferedBytes} bytes are held of ${bytes}`)
  }
  return { requests: found, failure: reader.failure }
}
