/**
 * What clients and nodes send through route mode of the proxy. Every request gets the reply that it must get, in order;
 * what nodes get is well-formed; nothing is held without a bound.
 */
import { Decoder } from 'ioredis/built/resp/decoder.js'

import type { SimRandom } from '../simulator/random.ts'
import { Mutator } from './mutator.ts'
import { encodeWire, expectedOf, type Expected } from './proxy-oracle.ts'
import { replyCase } from './proxy-replies.ts'
import { ProxyWorld, type Fault } from './proxy-world.ts'
import { broken, guarded, type Surface } from './surface.ts'

const TOKENS = [
  '*1\r\n', '*0\r\n', '*-1\r\n', '*2\r\n', '*1048577\r\n', '*2147483648\r\n', '$0\r\n\r\n', '$-1\r\n', '$4\r\n', '\r\n', '\r', '\n', '$', '*', '+OK\r\n',
  'PING', 'PING\r\n', 'QUIT\r\n', 'RESET\r\n', 'MULTI\r\n', 'EXEC\r\n', 'SUBSCRIBE a\r\n', 'HELLO 3\r\n', '"', "'", '\\x41', '$67108865\r\n', '$16385\r\n', '*11\r\n',
]
const PLAIN = [
  ['GET', 'a'], ['SET', 'a', '1'], ['get', ''], ['MGET', 'a', 'b'], ['INCR', 'a'], ['ECHO', '\r\n$-1\r\n'], ['PING'], ['EVAL', 'return 1', '0'],
  ['XREAD', 'COUNT', '1', 'STREAMS', 's', '0'], ['SCAN', '0'], ['SCRIPT', 'LOAD', 'x'], ['PUBLISH', 'c', 'm'], ['COMMAND'], ['CLIENT', 'ID'],
  ['CLIENT', 'GETNAME'], ['CLIENT', 'LIST'], ['EXEC'], ['DISCARD'], ['UNWATCH'], ['AUTH', 'secret'], ['HELLO'], ['PSYNC', '?', '-1'],
]
const SPECIAL = [
  ['MULTI'], ['EXEC'], ['DISCARD'], ['WATCH', 'a'], ['UNWATCH'], ['UNWATCH', 'x'], ['SELECT', '0'], ['SELECT', '1'], ['SELECT', '99'], ['SELECT', 'x'],
  ['BLPOP', 'k', '0'], ['WAIT', '1', '0'], ['XREAD', 'BLOCK', '0', 'STREAMS', 's', '$'], ['XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>'],
  ['HELLO', '2'], ['HELLO', '3'], ['HELLO', '3', 'AUTH', 'default', 'secret', 'SETNAME', 'n'], ['HELLO', '4'], ['HELLO', '3', '\r\n'],
  ['AUTH', 'secret'], ['AUTH', 'wrong'], ['AUTH', 'other', 'secret'], ['AUTH'], ['CLIENT', 'SETNAME', 'n'], ['CLIENT', 'SETNAME', ' '],
  ['CLIENT', 'INFO'], ['RESET'],
]
/** After these, all that follows is dropped or goes through. */
const LAST = [
  ['QUIT'], ['SUBSCRIBE', 'a'], ['MONITOR'], ['NOSUCH', 'x'], ['', ''], ['CLIENT', 'REPLY', 'OFF'], ['CLIENT', 'TRACKING', 'ON'], ['SCRIPT', 'DEBUG', 'YES'],
]

export const proxyFrames: Surface = {
  name: 'proxy frames',
  share: 5,
  run: (random) => {
    if (random.chance(25)) replyCase(random)
    else clientCase(random)
    return 1
  },
}

function clientCase(random: SimRandom): void {
  const mutator = new Mutator(random, TOKENS)
  const needsLogin = random.chance(30)
  const good = makeRequests(random, needsLogin)
  const bytes = random.chance(50) ? good : mutator.mutate(good)
  const pieces = mutator.chunks(bytes)
  const faults = random.chance(30) ? Array.from({ length: random.between(1, 2) }, () => random.pick<Fault>(['lost', 'deposed', 'expired', 'garbage'])) : []
  const options = {
    needsLogin, readAfterWriteMs: random.pick([0, 1_000]), faults, garbage: mutator.mutate('+OK\r\n$3\r\nabc\r\n*1\r\n:1\r\n-LOADING a is loading\r\n'),
  }
  const input = { pieces, ...options }
  guarded(input, () => {
    const expected = expectedOf(bytes, needsLogin)
    const world = new ProxyWorld(random, pieces, options)
    world.run(Math.max(expected.longest, expected.left, expected.raw.length))
    if (faults.includes('garbage')) return
    if (faults.includes('expired')) checkCount(world, expected, input)
    else checkReplies(world, expected, input, faults.length > 0)
  })
}

function makeRequests(random: SimRandom, needsLogin: boolean): string {
  const requests = Array.from({ length: random.between(1, 6) }, () => (
    frame(random, random.chance(60) ? random.pick(PLAIN) : random.pick(SPECIAL))
  ))
  // Many requests, or a large one. Some are more than what is read of a client that waits.
  if (random.chance(0.5)) requests.push(frame(random, random.pick(PLAIN)).repeat(random.between(100, 3_000)))
  if (random.chance(1)) requests.push(encodeWire(['SET', 'a', 'x'.repeat(random.below(100_000))]))
  if (random.chance(1)) requests.push('x'.repeat(random.between(65_000, 70_000)))
  if (random.chance(15)) requests.push(frame(random, random.pick(LAST)), frame(random, random.pick(PLAIN)))
  if (needsLogin && random.chance(70)) requests.unshift(frame(random, ['AUTH', 'secret']))
  return requests.join('')
}

function frame(random: SimRandom, words: readonly string[]): string {
  return random.chance(15) ? `${words.join(' ')}${random.chance(50) ? '\r\n' : '\n'}` : encodeWire(words)
}

const REFUSAL = /^-ERR Protocol error: [^\r\n]*\r\n$/

/** Every request has its reply. Where a connection was lost the client may have been closed before. */
function checkReplies(world: ProxyWorld, expected: Expected, input: unknown, hasFaults: boolean): void {
  const { replies, end, raw, left } = expected
  const { received } = world
  const all = replies.join('')
  if (hasFaults && world.isEnded && all.startsWith(received)) return
  const rest = received.slice(all.length)
  if (!received.startsWith(all) || (end === 'refused' ? !REFUSAL.test(rest) : rest !== '')) {
    throw broken(`received ${JSON.stringify(received)}, expected ${JSON.stringify(all)} and ${end}`, input)
  }
  if (world.isEnded !== (end === 'quit' || end === 'refused')) throw broken(`ended: ${world.isEnded}, expected ${end}`, input)
  if ((world.raw ?? '') !== raw) throw broken(`went through: ${JSON.stringify(world.raw)}, expected ${JSON.stringify(raw)}`, input)
  if (!world.isEnded && !world.isSent) throw broken('it is not read any more', input)
  const held = end === 'open' ? left : 0
  if (world.heldBytes !== held) throw broken(`${world.heldBytes} bytes are held, expected ${held}`, input)
}

/** The same when requests may be answered with an error instead, after which the state of the client is another one. */
function checkCount(world: ProxyWorld, { replies, end }: Expected, input: unknown): void {
  const { received } = world
  let count = 0
  const take = (): void => { count += 1 }
  new Decoder({ onReply: take, onErrorReply: take, onPush: take, getTypeMapping: () => ({}) }).write(Buffer.from(received, 'latin1'))
  const most = replies.length + (end === 'refused' ? 1 : 0)
  const isShort = count < most && !world.isEnded && world.raw === undefined
  // What would have gone through may be answered one by one.
  if ((count > most && end !== 'raw') || isShort) throw broken(`${count} replies, expected ${most}: ${JSON.stringify(received)}`, input)
}
