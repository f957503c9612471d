import { describe, expect, it } from 'vitest'

import { lanesOf } from '../../../src/harness/lanes.ts'
import { drawText } from '../../../src/harness/text-drawing.ts'
import type { TimelineEntry } from '../../../src/harness/timeline.ts'

const mark = (at: number, source: string, event: string): TimelineEntry => ({ kind: 'mark', at, source, event, text: '' })
const event = (at: number, source: string, name: string): TimelineEntry => ({ kind: 'event', at, source, event: name, text: '' })

const ENTRIES = [
  mark(0, 'redis-0', 'started'), mark(0, 'redis-10', 'started'), mark(0, 'redis-2', 'started'), mark(0, 'sentinel-0', 'started'),
  mark(1_000, 'network', 'fault: cut'),
  mark(1_000, 'redis-0', 'killed'), mark(1_000, 'redis-2', 'paused'),
  event(2_000, 'sentinel-0', '+sdown'), event(2_000, 'sentinel-0', '+vote-for-leader'), event(2_500, 'sentinel-0', '+switch-master'),
  mark(3_000, 'redis-0', 'started'), mark(3_000, 'redis-2', 'resumed'),
]
const WRITES = { outages: [{ from: 1_000, to: 2_400 }], losses: [{ from: 700, to: 900, lost: 3 }] }
const DRAWING = { entries: ENTRIES, writes: WRITES, from: 500, to: 4_000, origin: 1_000, width: 35, coloured: false }

describe('lanes of a timeline', () => {
  it('are nodes, sentinels and others, each in the order of their numbers', () => {
    expect(lanesOf(ENTRIES, 4_000).map(({ name }) => name)).toEqual(['redis-0', 'redis-2', 'redis-10', 'sentinel-0', 'network'])
  })

  it('are first those of the named processes, also of one without an entry', () => {
    const names = lanesOf(ENTRIES, 4_000, ['redis-1', 'redis-0', 'sentinel-0']).map(({ name }) => name)
    expect(names).toEqual(['redis-1', 'redis-0', 'sentinel-0', 'redis-2', 'redis-10', 'network'])
  })

  it('have the times in which a process did not run or was paused', () => {
    const entries = [...ENTRIES, mark(3_500, 'redis-2', 'paused'), mark(3_600, 'redis-2', 'killed')]
    const [first, second] = lanesOf(entries, 4_000)
    expect(first?.absences).toEqual([{ from: 1_000, to: 3_000, state: 'down' }])
    expect(second?.absences).toEqual([
      { from: 1_000, to: 3_000, state: 'paused' },
      { from: 3_500, to: 3_600, state: 'paused' },
      { from: 3_600, to: 4_000, state: 'down' },
    ])
  })
})

describe('the drawing of a timeline as text', () => {
  it('has application, nodes and sentinels on one time axis', () => {
    expect(drawText(DRAWING).split('\n').slice(0, 7)).toEqual([
      '                  0 s                 2 s',
      'application  ==!!!xxxxxxxxxxxxxxx===============',
      'redis-0      -----X                   .---------',
      'redis-2      -----X~~~~~~~~~~~~~~~~~~~.---------',
      'redis-10     -----------------------------------',
      'sentinel-0   ---------------v----M--------------',
      'network      -----X-----------------------------',
    ])
  })

  it('has losses and outages in red where colours are wanted, and no colours otherwise', () => {
    const escape = '\u001b'
    expect(drawText(DRAWING)).not.toContain(escape)
    expect(drawText({ ...DRAWING, coloured: true })).toContain(`${escape}[31m!!!xxxxxxxxxxxxxxx${escape}[0m`)
  })

  it('has no lane of the application where nothing writes', () => {
    expect(drawText({ ...DRAWING, writes: undefined })).not.toContain('application  ')
  })
})
