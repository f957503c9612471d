import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { claimPort, genuineSentinel, ourSentinel } from '../../src/harness/index.ts'
import { RawClient, requestBytes } from '../unit/server/raw-client.ts'
import { DIFFERENCES, TEXT_CHANGES } from './replies/differences.ts'
import { MASKS } from './replies/masks.ts'
import type { ReplyTree } from './replies/reply-tree.ts'
import { mapTexts, readReplies } from './replies/reply-tree.ts'
import type { Row } from './replies/row.ts'
import { title } from './replies/row.ts'
import { ACL_ROWS, ACL_USERS } from './replies/rows-acl.ts'
import { CLIENT_ROWS } from './replies/rows-client.ts'
import { COMMAND_ROWS } from './replies/rows-command.ts'
import { CONNECTION_ROWS } from './replies/rows-connection.ts'
import { GENERIC_ROWS } from './replies/rows-generic.ts'
import { PASSWORD_ROWS } from './replies/rows-password.ts'
import { SENTINEL_ROWS } from './replies/rows-sentinel.ts'
import type { Target, TargetOptions } from './replies/target.ts'
import { startProgram } from './replies/target.ts'

/**
 * The same requests to the original and to our program in the same state, replies compared as trees. What must differ
 * is masked (masks.ts), what differs on purpose is listed (differences.ts); anything else fails.
 */

type Protocol = 2 | 3
interface Pair { genuine: Target, ours: Target }

async function startPair(given: Omit<TargetOptions, 'masterPort'> = {}): Promise<Pair> {
  const claimed = await claimPort()
  const options = { ...given, masterPort: claimed.port }
  const genuine = await startProgram(genuineSentinel(), options)
  const ours = await startProgram(ourSentinel(), options)
  claimed.release()
  return { genuine, ours }
}

async function ask(target: Target, row: Row, protocol: Protocol): Promise<ReplyTree[]> {
  const client = await RawClient.open(target.port)
  try {
    const hello = protocol === 3 ? requestBytes(['HELLO', '3']) : ''
    const wire = row.raw ?? row.send.map(bytesOf).join('')
    const expected = (row.replies ?? row.send.length) + (protocol === 3 ? 1 : 0)
    client.send(hello + wire)
    if (row.closes === true) await client.closed()
    else await client.until(() => readReplies(client.received).length >= expected, `${expected} replies to ${title(row)}`)
    return readReplies(client.received).slice(protocol === 3 ? 1 : 0)
  } finally {
    client.destroy()
  }
}

function bytesOf(request: string | readonly string[]): string {
  return requestBytes(typeof request === 'string' ? request.split(' ') : request)
}

/** What ours must say: the row's own text where it differs, else what the original said, in newer words. */
function expectedOf(row: Row, genuine: readonly ReplyTree[], protocol: Protocol): readonly ReplyTree[] {
  if (row.differs !== undefined) return row.differs.ours.flatMap((wire) => readOurs(wire, protocol))
  return genuine.map((reply) => addNewFlags(mapTexts(hide(row, reply), renew), row))
}

function readOurs(wire: string, protocol: Protocol): ReplyTree[] {
  if (wire === 'NULL') return [null]
  if (wire === 'NULLARRAY') return protocol === 3 ? [null] : [{ nullArray: true }]
  return readReplies(wire)
}

function renew(text: string): string {
  return TEXT_CHANGES.reduce((changed, { from, to }) => changed.replace(from, to), text)
}

/** Newer releases show one flag more for every user (ACL GETUSER). */
function addNewFlags(reply: ReplyTree, row: Row): ReplyTree {
  if (!row.send.includes('acl getuser default')) return reply
  const newer = '["flags",$1["on"$2,"sanitize-payload"]'
  const json = JSON.stringify(reply).replace(/\["flags",(\{"set":)?\["on"((?:,"nopass")?)\]/, newer)
  return JSON.parse(json) as ReplyTree
}

function hide(row: Row, reply: ReplyTree): ReplyTree {
  return (row.masks ?? []).reduce<ReplyTree>((shown, name) => {
    const mask = MASKS.find((one) => one.name === name)
    if (mask === undefined) throw new Error(`no mask ${name}`)
    return mask.hide(shown)
  }, reply)
}

function compare(pair: () => Pair, rows: readonly Row[], protocols: readonly Protocol[]): void {
  for (const protocol of protocols) {
    const chosen = rows.filter((row) => protocol === 2 || row.resp2Only !== true)
    it.each(chosen.map((row) => [title(row), row] as const))(
      `is that of the genuine program in RESP${protocol}: %s`, async (_title, row) => {
        const { genuine, ours } = pair()
        const expected = expectedOf(row, await ask(genuine, row, protocol), protocol)
        const said = await ask(ours, row, protocol)
        expect(said.map((reply) => hide(row, reply))).toEqual(expected)
      })
  }
}

/** The two programs are started and stopped once for all rows. */
function comparePrograms(start: () => Promise<Pair>, rows: readonly Row[], protocols: readonly (2 | 3)[]): void {
  let pair: Pair | undefined

  beforeAll(async () => {
    pair = await start()
  })

  afterAll(async () => {
    await pair?.ours.stop()
    await pair?.genuine.stop()
  })

  compare(() => {
    if (pair === undefined) throw new Error('not started')
    return pair
  }, rows, protocols)
}

describe.each([
  ['generic', GENERIC_ROWS], ['connection', CONNECTION_ROWS], ['client', CLIENT_ROWS], ['sentinel', SENTINEL_ROWS],
  ['command', COMMAND_ROWS],
])('the reply to a request of the family "%s"', (_name, rows) => {
  comparePrograms(startPair, rows, [2, 3])
})

describe('the reply of a program with a password', () => {
  comparePrograms(() => startPair({ requirepass: 'secret' }), PASSWORD_ROWS, [2])
})

describe('the reply of a program with ACL users', () => {
  comparePrograms(() => startPair({ config: ACL_USERS }), ACL_ROWS, [2, 3])
})

describe.each(['client help', 'sentinel help'])('%s', (help) => {
  it('has every line of the original in its order, and lines about newer options and our own', async () => {
    const pair = await startPair()
    try {
      const row: Row = { send: [help] }
      const [theirs = []] = await ask(pair.genuine, row, 2)
      const [ours = []] = await ask(pair.ours, row, 2)
      const lines = new Set((mapTexts(theirs, renew) as { simple: string }[]).map((line) => line.simple))
      const common = (ours as { simple: string }[]).map((line) => line.simple).filter((line) => lines.has(line))
      expect([...new Set(common)]).toEqual([...lines])
    } finally {
      await pair.ours.stop()
      await pair.genuine.stop()
    }
  })
})

describe('the lists of masks and differences', () => {
  const rows = [
    ...GENERIC_ROWS, ...CONNECTION_ROWS, ...CLIENT_ROWS, ...SENTINEL_ROWS, ...COMMAND_ROWS, ...PASSWORD_ROWS,
    ...ACL_ROWS,
  ]

  it('have every mask and difference that rows name, and none that no row names', () => {
    expect(new Set(rows.flatMap((row) => row.masks ?? []))).toEqual(new Set(MASKS.map((mask) => mask.name)))
    expect(new Set(rows.flatMap((row) => row.differs?.reason ?? []))).toEqual(new Set(Object.keys(DIFFERENCES)))
  })
})
