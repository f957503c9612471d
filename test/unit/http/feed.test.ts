/** From where readers of `/events` resume, also after a restart. */
import { describe, expect, expectTypeOf, it } from 'vitest'

import type { EventJson } from '../../../src/documents/index.ts'
import type { EventFields } from '../../../src/events/index.ts'
import { Feed, idOf } from '../../../src/http/feed.ts'
import { FEED_EVENTS_MAX } from '../../../src/http/limits.ts'
import type { KeptEvent, PublishedEvent } from '../../../src/ports/index.ts'
import { at } from '../events/samples.ts'
import { keptEvent } from '../own-state/event-samples.ts'

const EVENT: PublishedEvent = {
  event: { name: '+tilt' }, level: 'warning', channel: '+tilt', payload: '#tilt mode entered', now: at(1),
}

/** The start before, of which event 5 was sent and not kept. */
const PAST = [1, 2, 3, 4].map((number) => keptEvent(number, { start: 'aaaaaaaa' }))

function feed({ past = PAST, numbersAbove = 100_004 } = {}) {
  const kept: KeptEvent[] = []
  return { feed: new Feed({ past, numbersAbove, add: (event) => { kept.push(event) } }), kept }
}

function numbers(events: readonly KeptEvent[]): number[] {
  return events.map(({ number }) => number)
}

describe('the feed of events', () => {
  it('gives a reader of the process before what it has not seen, and nothing twice', () => {
    const { feed: events } = feed()
    for (let added = 0; added < 2; added += 1) events.add(EVENT)
    expect(numbers(events.after('aaaaaaaa-2'))).toEqual([3, 4, 100_005, 100_006])
    expect(numbers(events.after('aaaaaaaa-4'))).toEqual([100_005, 100_006])
    expect(numbers(events.after('aaaaaaaa-5'))).toEqual([100_005, 100_006])
    const [first] = events.after('aaaaaaaa-4')
    expect(numbers(events.after(first === undefined ? '' : idOf(first)))).toEqual([100_006])
  })

  it.each(['0', '', 'bbbbbbbb-3', 'aaaaaaaa', 'aaaaaaaa-x', 'aaaaaaaa-0'])('gives everything that is kept to a reader with the id "%s"', (id) => {
    const { feed: events } = feed()
    events.add(EVENT)
    expect(numbers(events.after(id))).toEqual([1, 2, 3, 4, 100_005])
  })

  it('has the newest ones alone', () => {
    const { feed: events } = feed()
    for (let added = 0; added < FEED_EVENTS_MAX * 3 - 1; added += 1) events.add(EVENT)
    expect(events.after('aaaaaaaa-2')).toHaveLength(FEED_EVENTS_MAX)
  })

  it('hands each event to the store, without those for the log alone', () => {
    const { feed: events, kept } = feed()
    events.add(EVENT)
    events.add({ ...EVENT, level: 'debug' })
    expect(numbers(kept)).toEqual([100_005])
    expect(JSON.parse(kept[0]?.text ?? '')).toMatchObject({ event: '+tilt', level: 'warning', payload: '#tilt mode entered' })
  })
})

it('an event has the same fields in the log, in webhooks and in /events', () => {
  // src/events may not import src/documents, so both list them.
  expectTypeOf<EventFields>().toEqualTypeOf<Omit<EventJson, 'id' | 'time' | 'level'>>()
})
