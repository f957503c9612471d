/** The format of the file of our own state: docs/decisions/0047-state-of-our-own.md. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { KeptTexts } from '../../../src/own-state/kept-texts.ts'
import { decode, encode, NOTHING_UNKNOWN, type OwnContent } from '../../../src/own-state/format.ts'
import { ABORTED, content, failover, id, NAMES } from './samples.ts'

function textOf(given: OwnContent): string {
  return encode(given, new KeptTexts())
}

function kindOf(text: string): string {
  return decode(text, new KeptTexts()).kind
}

/** A file whose checksum is right, with this state. */
function withState(state: string, version = 1): string {
  const sha256 = createHash('sha256').update(state, 'latin1').digest('hex')
  return `{"program":"ts-sentinel","version":${version},"sha256":"${sha256}","state":\n${state}\n}\n`
}

function withMaster(master: unknown): string {
  return withState(JSON.stringify({ masters: { mymaster: master } }))
}

const SAMPLE = textOf(content())

describe('the text of our own state', () => {
  it('comes back as it was written', () => {
    expect(decode(SAMPLE, new KeptTexts())).toEqual({ kind: 'good', content: content() })
  })

  it('comes back for every name that a master can have', () => {
    const lineage = new Map(NAMES.map((name, at) => [name, [id(at + 1)]]))
    const failovers = new Map(NAMES.map((master) => [master, [failover({ master }), { ...ABORTED, master }]]))
    const all = content({ lineage, failovers })
    expect(decode(textOf(all), new KeptTexts())).toEqual({ kind: 'good', content: all })
  })

  it('may have failovers of an older release, which did not record outages', () => {
    const old = { role: 'leader', outcome: 'switched', started: 1_700_000_001_000, durationMs: 201, phases: [] }
    const decoded = decode(withMaster({ failovers: [old] }), new KeptTexts())
    const [record] = decoded.kind === 'good' ? decoded.content.failovers.get('mymaster') ?? [] : []
    expect(record).toMatchObject({
      isPlanned: undefined, attempt: 1, waitedMs: undefined, lastAnswerWall: undefined, outageMs: undefined,
    })
  })

  it('is JSON in ASCII that other programs can read, with one line for each master', () => {
    const lineage = new Map(NAMES.map((name) => [name, [id(1)]]))
    const text = textOf(content({ lineage, forgotten: new Map(), voters: new Map() }))
    expect(text).toMatch(/^[\n -~]*$/)
    expect(text.split('\n')).toHaveLength(NAMES.length + 5)
    expect(JSON.parse(text)).toMatchObject({ program: 'ts-sentinel', version: 1, state: { masters: { mymaster: { lineage: [id(1)] } } } })
  })

  it('may be empty of content', () => {
    const empty = content({ lineage: new Map(), failovers: new Map(), forgotten: new Map() })
    expect(decode(textOf(empty), new KeptTexts())).toEqual({ kind: 'good', content: empty })
  })

  it('keeps what a later program of the same version wrote: of the whole, of a master, of a failover', () => {
    const state = {
      masters: {
        mymaster: { lineage: [id(1)], later: { until: 5, why: 'm\u00fc' }, failovers: [{ role: 'leader', outcome: 'aborted', started: 5, phases: [], weight: 3 }] },
        onlyNew: { later: null },
      },
      tombstones: [{ name: 'gone' }], schedules: 'none',
    }
    const texts = new KeptTexts()
    const decoded = decode(withState(JSON.stringify(state).replace('\u00fc', '\\u00fc')), texts)
    if (decoded.kind !== 'good') throw new Error(decoded.why)
    const again = JSON.parse(encode(decoded.content, texts)) as { state: unknown }
    expect(again.state).toEqual(state)
  })
})

describe('a damaged text', () => {
  it('is found at every byte, whatever happens to it', () => {
    for (let at = 0; at < SAMPLE.length; at += 1) {
      const code = SAMPLE.charCodeAt(at)
      const [head, tail] = [SAMPLE.slice(0, at), SAMPLE.slice(at + 1)]
      const changed = [1, 32, 128].map((bit) => head + String.fromCharCode(code ^ bit) + tail)
      for (const text of [...changed, head, head + tail, `${head}\0${tail}`, `${head} ${SAMPLE.slice(at)}`]) {
        expect([at, kindOf(text)]).not.toEqual([at, 'good'])
      }
    }
  })

  it.each([
    ['', 'it is empty'], ['\0\0\0\0', 'it is cut off or is not JSON'], ['[]', 'the content is not an object'],
    ['{}', 'it has no version'], ['{"version":0}', 'it has no version'], ['{"version":"1"}', 'it has no version'],
    ['{"version":1}', 'its checksum does not match: it was changed or did not come from the disk as written'],
    [`${SAMPLE}\n`, 'its checksum does not match: it was changed or did not come from the disk as written'],
  ])('is named in the log: %j', (text, why) => {
    expect(decode(text, new KeptTexts())).toEqual({ kind: 'damaged', why })
  })

  it.each([
    [{ lineage: 'x' }, 'masters["mymaster"].lineage is not a list of at most 64'],
    [{ lineage: [1] }, 'masters["mymaster"].lineage is not a text'],
    [{ lineage: Array.from({ length: 65 }, () => id(1)) }, 'masters["mymaster"].lineage is not a list of at most 64'],
    [[], 'masters["mymaster"] is not an object'],
    [{ forgotten: {} }, 'masters["mymaster"].forgotten is not a list of at most 128'],
    [{ forgotten: [{ kind: 'master' }] }, 'masters["mymaster"].forgotten[0].kind is not one of replica, sentinel'],
    [{ sentinelsAlive: 0 }, 'masters["mymaster"].sentinelsAlive is not a number from 1 on'],
    [{ voters: [] }, 'masters["mymaster"].voters is not an object'],
    [{ voters: { ids: 'x' } }, 'masters["mymaster"].voters.ids is not a list of at most 128'],
    [{ voters: { ids: [1] } }, 'masters["mymaster"].voters.ids is not a text'],
    [{ voters: { ids: [], least: -1 } }, 'masters["mymaster"].voters.least is not a number from 0 on'],
    [{ voters: { ids: [], least: 0 } }, 'masters["mymaster"].voters.until is not a number from 0 on'],
    [{ failovers: {} }, 'masters["mymaster"].failovers is not a list of at most 20'],
    [{ failovers: [null] }, 'masters["mymaster"].failovers[0] is not an object'],
    [{ failovers: Array.from({ length: 21 }, () => ({})) }, 'masters["mymaster"].failovers is not a list of at most 20'],
  ])('with a right checksum and values of other types is refused with their place: %j', (master, why) => {
    expect(decode(withMaster(master), new KeptTexts())).toEqual({ kind: 'damaged', why })
  })

  it.each([
    ['role', 'boss'], ['outcome', 'running'], ['reason', 'because'], ['epoch', '-1'], ['epoch', 5], ['started', '2026'], ['started', 1e300],
    ['started', null], ['durationMs', -1], ['durationMs', '1'], ['from', '10.0.0.1:6379'], ['from', [1, 1]], ['to', ['::1', 'x']],
    ['to', ['::1', 1, 1]], ['phases', undefined], ['phases', [['+sdown', 'x', 0]]], ['phases', [['nonsense here', 0, 0]]],
    ['phases', [['+sdown', 0, -1]]], ['phases', Array.from({ length: 257 }, () => ['+sdown', 0, 0])],
  ])('with a wrong %s of a failover is refused: %j', (key, value) => {
    const good = { role: 'leader', outcome: 'aborted', started: 5, phases: [] }
    expect(kindOf(withMaster({ failovers: [good] }))).toBe('good')
    const decoded = decode(withMaster({ failovers: [{ ...good, [key]: value }] }), new KeptTexts())
    expect(decoded).toMatchObject({ kind: 'damaged', why: expect.stringContaining(`masters["mymaster"].failovers[0].${key}`) as string })
  })

  it('without masters is refused', () => {
    expect(kindOf(withState('{}'))).toBe('damaged')
    expect(kindOf(withState('null'))).toBe('damaged')
  })
})

describe('a text of a newer version', () => {
  it('is not taken for a damaged one, whatever else it has', () => {
    for (const text of [withState('{"masters":{}}', 2), '{"version":3,"anything":[]}']) {
      expect(decode(text, new KeptTexts())).toMatchObject({ kind: 'newer' })
    }
    expect(decode('{"version":7}', new KeptTexts())).toEqual({ kind: 'newer', why: 'it has version 7, and this program knows version 1' })
  })
})

describe('the size of the text', () => {
  const phases = Array.from({ length: 256 }, (_, at) => ({ name: '+slave-reconf-done' as const, wall: 1_700_000_000_000 + at, sinceStartMs: at }))
  const past = Array.from({ length: 20 }, (_, at) => failover({ startedWall: at, phases }))

  it('follows each change, though unchanged lines are made once', () => {
    const texts = new KeptTexts()
    const states = [
      content(), content({ lineage: new Map([['mymaster', [id(3)]]]) }), content({ failovers: new Map([['mymaster', [failover()]]]) }),
      content({ failovers: new Map([['mymaster', [failover(), ABORTED]]]) }), content({ failovers: new Map() }), content(),
      content({ unknown: { top: new Map(), masters: new Map([['mymaster', new Map([['later', 1]])]]) } }),
    ]
    for (const state of states) expect(encode(state, texts)).toBe(textOf(state))
  })

  it('is bounded: of many masters with long failovers, only the newest failovers of each are written', () => {
    const failovers = new Map(Array.from({ length: 20 }, (_, at) => [`m${at}`, past]))
    const text = textOf(content({ failovers }))
    expect(text.length).toBeLessThan(1.1 * 1024 * 1024)
    const decoded = decode(text, new KeptTexts())
    if (decoded.kind !== 'good') throw new Error(decoded.why)
    for (const kept of decoded.content.failovers.values()) {
      expect(kept.map(({ startedWall }) => startedWall)).toEqual([18, 19])
    }
  })

  it('is bounded when not even one failover of each master fits', () => {
    const failovers = new Map(Array.from({ length: 1000 }, (_, at) => [`m${at}`, past]))
    const decoded = decode(textOf(content({ failovers })), new KeptTexts())
    expect(decoded).toMatchObject({ kind: 'good', content: { lineage: content().lineage, failovers: new Map() } })
  })

  it('fits for ten thousand masters with a full lineage each', () => {
    const ids = Array.from({ length: 16 }, (_, at) => id(at + 1))
    const lineage = new Map(Array.from({ length: 10_000 }, (_, at) => [`master-${at}`, ids]))
    expect(kindOf(textOf(content({ lineage })))).toBe('good')
  })

  it('is refused where it could not be read again', () => {
    const unknown = { ...NOTHING_UNKNOWN, top: new Map([['later', 'x'.repeat(16 * 1024 * 1024)]]) }
    expect(() => textOf(content({ unknown }))).toThrow('at most 16777216 can be read again')
  })
})
