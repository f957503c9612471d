/** Events as the sentinel sends them, in the words of the dashboard. */
import { describe, expect, it } from 'vitest'

import type { SentinelEvent } from '../../../../src/core/index.ts'
import { eventFields } from '../../../../src/events/index.ts'
import { eventKind, eventSentence } from '../../../../src/http/dashboard/browser/event-words.ts'
import { MASTER, PEER, published, REPLICA } from '../../events/samples.ts'
import { eventJson } from './json-samples.ts'

function sent(event: SentinelEvent) {
  return { id: 's-1', time: '2026-01-02T03:04:05.000Z', level: 'warning', ...eventFields(published(event)) } as const
}

const master = 'mymaster'

describe('an event on the dashboard', () => {
  it.each<[string, SentinelEvent]>([
    ['Sentinel 127.0.0.1:26379 does not answer this sentinel.', { name: '+sdown', master, subject: PEER }],
    ['Master 127.0.0.1:6379 answers again.', { name: '-sdown', master, subject: MASTER }],
    ['Enough sentinels agree that the master is down (2/2).', { name: '+odown', master, subject: MASTER, agree: 2, quorum: 2 }],
    [
      'The master does not answer this sentinel, but replicas still receive its data (2/2): it is not taken for down.',
      { name: '+witnessed', master, subject: MASTER, alive: 2, reachable: 2 },
    ],
    [
      'Replicas no longer decide whether the master is down: the master answers again.',
      { name: '-witnessed', master, subject: MASTER, why: 'master-answers' },
    ],
    [
      'Sentinel 127.0.0.1:26379 has announced 127.0.0.1:6381 as the master for more than 10 s.',
      { name: '+peer-disagrees', master, subject: PEER, names: REPLICA, configEpoch: 2n, ours: 2n },
    ],
    ['Sentinel 127.0.0.1:26379 announces the same master again.', { name: '-peer-disagrees', master, subject: PEER }],
    ['Epoch 8 begins.', { name: '+new-epoch', master, epoch: 8n }],
    ['This sentinel votes for 01c74702.', { name: '+vote-for-leader', master, leader: PEER.name, epoch: 8n }],
    ['Replica 127.0.0.1:6381 is selected for promotion.', { name: '+selected-slave', master, subject: REPLICA }],
    ['The master is now 127.0.0.1:6381. It was 127.0.0.1:6379.', { name: '+switch-master', master, from: MASTER, to: REPLICA }],
    ['The failover was aborted: no majority elected this sentinel.', { name: '-failover-abort-not-elected', master, subject: MASTER }],
    [
      'The failover was aborted: the master answers again.',
      { name: '-failover-abort-slave-timeout', master, subject: MASTER, because: 'master-answers' },
    ],
    ['A setting was changed: quorum 3', { name: '+set', master, subject: MASTER, option: 'quorum', value: '3' }],
    ['TILT has ended.', { name: '-tilt' }],
  ])('is a sentence with its fields: %s', (sentence, event) => {
    expect(eventSentence(sent(event))).toBe(sentence)
  })

  it('shows its text when there is no sentence for it', () => {
    for (const event of ['+slave-reconf-sent-be', '+of-a-later-release', 'constructor']) {
      expect(eventSentence(eventJson({ event, payload: 'a b c' }))).toBe('a b c')
    }
  })

  it('shows its text when a field of its sentence is missing', () => {
    const { address: _address, ...withoutAddress } = eventJson({ payload: 'a b c' })
    expect(eventSentence(withoutAddress)).toBe('a b c')
    expect(eventSentence(eventJson({ event: '+switch-master', payload: 'a b c' }))).toBe('a b c')
  })

  it('has a mark for what is bad and what is good', () => {
    const kinds = ['+odown', '-failover-abort-not-elected', '+switch-master', '+failover-end', '+failover-end-for-timeout', '+slave']
      .map((event) => eventKind(eventJson({ event })))
    expect(kinds).toEqual(['bad', 'bad', 'ok', 'ok', 'info', 'info'])
  })
})
