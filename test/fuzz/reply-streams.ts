/** Bytes of nodes: read the same in all chunkings, and as another decoder reads them. */
import { Decoder } from 'ioredis/built/resp/decoder.js'

import type { Reply } from '../../src/core/index.ts'
import { ReplyReader } from '../../src/links/reply-reader.ts'
import { fromWire, toWire } from '../../src/resp/index.ts'
import { holding } from './meter.ts'
import { Mutator } from './mutator.ts'
import { broken, guarded, type Surface } from './surface.ts'

const REPLIES = [
  '+PONG\r\n', '+OK\r\n', '-ERR no\r\n', '-LOADING Redis is loading the dataset in memory\r\n', ':1\r\n', ':-9223372036854775808\r\n',
  '$-1\r\n', '*-1\r\n', '*0\r\n', '$0\r\n\r\n', '$11\r\nrole:master\r\n\r\n', '*3\r\n:1\r\n$1\r\n*\r\n:0\r\n',
  '*2\r\n+OK\r\n-ERR no\r\n', '*2\r\n*1\r\n*2\r\n:1\r\n$-1\r\n*0\r\n', '+QUEUED\r\n',
  '*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n$3\r\na,b\r\n',
]
const TOKENS = ['\r\n', '\r', '\n', '$', '*', ':', '+', '-', '$536870913\r\n', '*65537\r\n', '*1\r\n', '*8\r\n', '%1\r\n', '_\r\n', '>2\r\n', 'HTTP/1.1 400']

/** The other decoder gives strings as bytes and integers as text. */
const TYPES = { 36: Buffer, 43: Buffer, 58: String } as const

interface Read {
  readonly replies: readonly Plain[]
  readonly problem: string | undefined
}

export const replyStreams: Surface = {
  name: 'reply streams',
  share: 20,
  run: (random) => {
    const mutator = new Mutator(random, TOKENS)
    const good = Array.from({ length: random.between(1, 4) }, () => random.pick(REPLIES)).join('')
    const bytes = mutator.mutate(random.chance(10) ? '*1\r\n'.repeat(random.between(1, 20)) + good : good)
    const whole = guarded(bytes, () => read([bytes]))
    const pieces = mutator.chunks(bytes)
    const chunked = guarded(pieces, () => read(pieces))
    if (JSON.stringify(whole) !== JSON.stringify(chunked)) {
      throw broken(`seen as ${JSON.stringify(whole)} whole and as ${JSON.stringify(chunked)} in pieces`, pieces)
    }
    guarded(bytes, () => { compare(whole, bytes) })
    if (whole.problem === '') throw broken('refused without a word', bytes)
    return 1
  },
}

/** A reply without the difference between simple and bulk strings, which the other decoder does not make. */
type Plain = string | null | readonly Plain[]

function read(pieces: readonly string[]): Read {
  const replies: Plain[] = []
  const reader = new ReplyReader((reply) => {
    replies.push(plain(reply))
    return undefined
  })
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1')
    const problem = holding(() => reader.read(bytes))
    if (problem !== undefined) return { replies, problem }
  }
  return { replies, problem: undefined }
}

function plain(reply: Reply): Plain {
  switch (reply.kind) {
    // The other decoder takes the text of errors for UTF-8, whatever it is.
    case 'error': return Buffer.from(toWire(reply.text), 'latin1').toString('utf8')
    case 'status':
    case 'bulk': return reply.text
    case 'integer': return String(reply.value)
    case 'null': return null
    case 'array': return reply.items.map(plain)
  }
}

/** Another decoder trusts what it reads: it is asked only where nothing is wrong. Its last reply may want its end. */
function compare({ replies, problem }: Read, bytes: string): void {
  if (problem !== undefined) return
  const values: Plain[] = []
  const take = (value: unknown): void => { values.push(decoded(value)) }
  const decoder = new Decoder({ onReply: take, onErrorReply: take, onPush: take, getTypeMapping: () => TYPES })
  try {
    decoder.write(Buffer.from(bytes, 'latin1'))
  } catch (error) {
    // It may break at an unfinished reply, for whose end ours waits.
    if (values.length < replies.length) throw error
  }
  const seen = JSON.stringify(values.slice(0, replies.length))
  if (seen !== JSON.stringify(replies)) throw new Error(`read as ${JSON.stringify(replies)}, by another decoder as ${seen}`)
}

function decoded(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(decoded)
  if (Buffer.isBuffer(value)) return fromWire(value.toString('latin1'))
  if (value instanceof Error) return value.message
  if (value === null) return null
  // Integers come as they were sent, also `-0` and leading zeros.
  return typeof value === 'string' ? String(BigInt(value)) : JSON.stringify(value)
}
