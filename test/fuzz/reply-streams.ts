/** Bytes of nodes: judged the same in all chunkings, and what passes becomes replies of the shape that was seen. */
import { Decoder } from 'ioredis/built/resp/decoder.js'

import type { Reply } from '../../src/core/index.ts'
import { ReplyScanner } from '../../src/links/reply-scanner.ts'
import { toReply } from '../../src/links/reply.ts'
import { Mutator } from './mutator.ts'
import { broken, guarded, type Surface } from './surface.ts'

const REPLIES = [
  '+PONG\r\n', '+OK\r\n', '-ERR no\r\n', '-LOADING Redis is loading the dataset in memory\r\n', ':1\r\n', ':-9223372036854775808\r\n',
  '$-1\r\n', '*-1\r\n', '*0\r\n', '$0\r\n\r\n', '$11\r\nrole:master\r\n\r\n', '*3\r\n:1\r\n$1\r\n*\r\n:0\r\n',
  '*2\r\n+OK\r\n-ERR no\r\n', '*2\r\n*1\r\n*2\r\n:1\r\n$-1\r\n*0\r\n', '+QUEUED\r\n',
  '*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n$3\r\na,b\r\n',
]
const TOKENS = ['\r\n', '\r', '\n', '$', '*', ':', '+', '-', '$536870913\r\n', '*65537\r\n', '*1\r\n', '*8\r\n', '%1\r\n', '_\r\n', '>2\r\n', 'HTTP/1.1 400']

/** As the links want their values (src/links/ioredis-options.ts): strings as bytes, integers as text. */
const TYPES = { 36: Buffer, 43: Buffer, 58: String } as const

interface Scanned {
  readonly shapes: readonly string[]
  readonly problem: string | undefined
}

export const replyStreams: Surface = {
  name: 'reply streams',
  share: 20,
  run: (random) => {
    const mutator = new Mutator(random, TOKENS)
    const good = Array.from({ length: random.between(1, 4) }, () => random.pick(REPLIES)).join('')
    const bytes = mutator.mutate(random.chance(10) ? '*1\r\n'.repeat(random.between(1, 20)) + good : good)
    const whole = guarded(bytes, () => scanAndDecode([bytes]))
    const pieces = mutator.chunks(bytes)
    const chunked = guarded(pieces, () => scanAndDecode(pieces))
    if (JSON.stringify(whole) !== JSON.stringify(chunked)) {
      throw broken(`seen as ${JSON.stringify(whole)} whole and as ${JSON.stringify(chunked)} in pieces`, pieces)
    }
    if (whole.problem === '') throw broken('refused without a word', bytes)
    return 1
  },
}

/** What the scanner lets pass goes to the decoder of the library, which must see the same replies at the same time. */
function scanAndDecode(pieces: readonly string[]): Scanned {
  const shapes: string[] = []
  const values: unknown[] = []
  const scanner = new ReplyScanner((shape) => {
    shapes.push(shape)
    return undefined
  })
  const take = (value: unknown): void => { values.push(value) }
  const decoder = new Decoder({ onReply: take, onErrorReply: take, onPush: take, getTypeMapping: () => TYPES })
  let held = ''
  for (const piece of pieces) {
    const problem = scanner.read(Buffer.from(piece, 'latin1'))
    if (problem !== undefined) return { shapes, problem }
    // Unfinished lines are kept back (src/links/socket-connector.ts).
    const bytes = held + piece
    const passed = bytes.slice(0, bytes.length - scanner.unfinishedBytes)
    held = bytes.slice(passed.length)
    if (passed !== '') decoder.write(Buffer.from(passed, 'latin1'))
    check(shapes, values)
  }
  return { shapes, problem: undefined }
}

function check(shapes: readonly string[], values: readonly unknown[]): void {
  if (values.length !== shapes.length) throw new Error(`${shapes.length} replies were seen and ${values.length} decoded`)
  for (const [at, shape] of shapes.entries()) {
    const seen = shapeOf(toReply(values[at], shape))
    if (seen !== shape) throw new Error(`a reply of the shape ${shape} became ${seen}`)
  }
}

function shapeOf(reply: Reply): string {
  switch (reply.kind) {
    case 'status': return '+'
    case 'error': return '-'
    case 'bulk': return '$'
    case 'integer': return ':'
    case 'null': return '_'
    case 'array': return `*${reply.items.map(shapeOf).join('')}`
  }
}
