import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import {
  followerSequence, leaderSequence, normalLog, recordFailover, type FailoverStory, type NormalEvent,
} from '../integration/scenarios/event-sequence.ts'
import { kindUnderTest } from '../integration/support/settings.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/failover')

// Three sources must tell one story: the genuine program run on the spot, ours, and logs kept from a real failover.
describe('a failover', () => {
  let genuine: FailoverStory
  let ours: FailoverStory

  beforeAll(async () => {
    genuine = await recordFailover('genuine')
    ours = await recordFailover(kindUnderTest())
  }, 300_000)

  it('makes a leader publish the events of the original in its order and form', () => {
    expect(told(leaderSequence(ours.leader))).toEqual(told(leaderSequence(genuine.leader)))
  })

  it('makes a follower publish the events of the original in its order and form', () => {
    expect(told(followerSequence(ours.follower))).toEqual(told(followerSequence(genuine.follower)))
  })

  it('makes a follower report that the master is down in the form of the original', () => {
    const forms = (story: FailoverStory): string[] =>
      told(story.leader.concat(story.follower).filter(({ event }) => /^\+[so]down$/.test(event)))
    for (const form of forms(ours)) expect(forms(genuine)).toContain(form)
  })

  it('writes the log lines of the original with their marks', () => {
    expect(told(leaderSequence(ours.loggedByLeader))).toEqual(told(leaderSequence(genuine.loggedByLeader)))
    expect(told(followerSequence(ours.loggedByFollower))).toEqual(told(followerSequence(genuine.loggedByFollower)))
  })

  it('writes the log lines of recorded failovers of the original', () => {
    const names = {
      ids: new Map([['4230cd10f36ab9effd8e21ee33a8f63f5e1fe28f', 'LEADER']]),
      addresses: new Map([['172.22.0.2 6379', 'OLD'], ['172.22.0.4 6380', 'NEW'], ['172.22.0.3 6381', 'OTHER']]),
    }
    const kept = (file: string): NormalEvent[] => normalLog(readFileSync(join(FIXTURES, file), 'utf8'), names)
    expect(told(leaderSequence(ours.loggedByLeader))).toEqual(told(leaderSequence(kept('leader-log.txt'))))
    expect(told(followerSequence(ours.loggedByFollower))).toEqual(told(followerSequence(kept('follower-log.txt'))))
  })
})

function told(events: readonly NormalEvent[]): string[] {
  return events.map(({ mark, event, payload }) => `${mark === undefined ? '' : `${mark} `}${event} ${payload}`)
}
