/** Bytes of nodes in route mode: read the same in all chunkings, and each request has what belongs to it. */
import { ERROR_BYTES_MAX } from '../../src/proxy/requests/limits.ts'
import { Run, type RunOwner } from '../../src/proxy/requests/run.ts'
import { UpstreamQueue } from '../../src/proxy/requests/upstream-queue.ts'
import type { SimRandom } from '../simulator/random.ts'
import { holding } from './meter.ts'
import { Mutator } from './mutator.ts'
import { encodeWire } from './proxy-oracle.ts'
import { broken, guarded } from './surface.ts'

const REPLIES = [
  '+PONG\r\n', '-ERR no\r\n', ':1\r\n', '$-1\r\n', '*-1\r\n', '*0\r\n', '$0\r\n\r\n', '$7\r\na\r\n-b\r\n\r\n', '*3\r\n:1\r\n$1\r\n*\r\n:0\r\n',
  '*2\r\n*1\r\n*2\r\n:1\r\n$-1\r\n-ERR inside\r\n', '_\r\n', '#t\r\n', ',1.5\r\n', '(123456789012345678901\r\n', '=5\r\ntxt:a\r\n', '!5\r\nERR x\r\n',
  '%2\r\n+a\r\n:1\r\n+b\r\n%0\r\n', '~1\r\n:1\r\n', '|1\r\n+ttl\r\n:9\r\n+after\r\n', '-UNBLOCKED later\r\n',
]
const REFUSALS = [
  "-READONLY You can't write against a read only replica.\r\n", '-LOADING Redis is loading\r\n', '-MASTERDOWN Link with MASTER is down\r\n',
]
const PUSHES = ['>2\r\n+invalidate\r\n*1\r\n+a\r\n', '>0\r\n']
const TOKENS = ['\r\n', '\r', '\n', '$', '*', '-', '>', '|', '%', '$?\r\n', '*1099511627777\r\n', '*8\r\n', '>1\r\n', '-LOADING ', '-LOADING a is loading\r\n', '$536870913\r\n', '*1\r\n']

/** What a request that the node refused shows in the record. */
const REFUSED = '<refused>'

export function replyCase(random: SimRandom): void {
  const mutator = new Mutator(random, TOKENS)
  const count = random.between(1, 4)
  const expected: string[] = []
  const parts = Array.from({ length: count }, () => {
    const push = random.chance(20) ? random.pick(PUSHES) : ''
    const isRefusal = random.chance(15)
    const reply = isRefusal ? random.pick(REFUSALS) : random.pick(REPLIES)
    expected.push(isRefusal ? REFUSED : reply)
    return push + reply
  })
  const good = parts.join('')
  const bytes = random.chance(40) ? good : mutator.mutate(random.chance(10) ? '*1\r\n'.repeat(random.between(1, 50)) + good : good)
  const whole = guarded(bytes, () => read([bytes], count))
  const pieces = mutator.chunks(bytes)
  const chunked = guarded(pieces, () => read(pieces, count))
  if (bytes === good && (whole.isBroken || whole.record !== expected.join(''))) throw broken(`read as ${JSON.stringify(whole)}`, bytes)
  // A long line may be whole, but is not held when it comes in pieces.
  if (bytes.length > ERROR_BYTES_MAX) return
  const isSame = whole.isBroken ? chunked.record.startsWith(whole.record) : whole.record === chunked.record
  if (whole.isBroken !== chunked.isBroken || !isSame) {
    throw broken(`read as ${JSON.stringify(whole)} whole and as ${JSON.stringify(chunked)} in pieces`, pieces)
  }
}

interface Read {
  /** What the requests got, in order. */
  readonly record: string
  readonly isBroken: boolean
}

/** Sends as many requests in two runs, and passes on these replies. */
function read(pieces: readonly string[], count: number): Read {
  let record = ''
  let replies = 0
  const owner: RunOwner = {
    delivered: (_run, part) => {
      record += part.bytes.toString('latin1', part.start, part.end)
      replies += part.replies
    },
    refused: () => {
      record += REFUSED
      replies += 1
    },
    lost: () => undefined,
  }
  const queue = new UpstreamQueue({
    role: 'replica', isPrivate: false, isShared: true, counts: { read: 0, write: 0, blocking: 0, pinned: 0 },
    onOutput: () => undefined, onProblem: () => undefined, onLatency: () => undefined,
  })
  const request = encodeWire(['GET', 'a'])
  for (const left of [1, count - 1]) {
    if (left === 0) continue
    const bytes = Buffer.from(request.repeat(left))
    queue.send(new Run(owner, { kind: 'read', lane: 'read', left, bytes, start: 0, end: bytes.length }))
  }
  queue.takeOutput(0)
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1')
    const isGood = holding(() => queue.receive(bytes, bytes.length, 0))
    if (replies > count) throw new Error(`${replies} replies to ${count} requests`)
    if (!isGood) {
      queue.fail()
      return { record, isBroken: true }
    }
  }
  return { record, isBroken: false }
}
