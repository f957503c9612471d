import { describe, expect, it } from 'vitest'

import { Timeline } from '../../../src/harness/timeline.ts'

const MASTER = 'master mymaster 127.0.0.1 6379'
const REPLICA = 'slave 127.0.0.1:6380 127.0.0.1 6380 @ mymaster 127.0.0.1 6379'
const ID = 'a8e8adb8eb6e0437ea9e10a3d01351f1f081c366'

/** A timeline that knows two nodes and a sentinel by their names. */
function named(): Timeline {
  const timeline = new Timeline()
  for (const [name, port] of [['redis-0', 6379], ['redis-1', 6380], ['sentinel-1', 26380]] as const) {
    timeline.nameAddress({ host: '127.0.0.1', port }, name)
  }
  return timeline
}

/** The same failover, with the sentinels in the given order. */
function failover(sources: readonly [string, string]): Timeline {
  const timeline = named()
  const [first, second] = sources
  timeline.mark('redis-0', 'killed')
  timeline.event(first, '+sdown', MASTER)
  timeline.event(second, '+sdown', MASTER)
  timeline.event(first, '+odown', `${MASTER} #quorum 2/2`)
  timeline.event(first, '+new-epoch', '1')
  timeline.event(first, '+vote-for-leader', `${ID} 1`)
  timeline.event(first, '+elected-leader', MASTER)
  timeline.event(first, '+promoted-slave', REPLICA)
  timeline.event(second, '+switch-master', 'mymaster 127.0.0.1 6379 127.0.0.1 6380')
  timeline.event(first, '+switch-master', 'mymaster 127.0.0.1 6379 127.0.0.1 6380')
  return timeline
}

const OUTLINE = [
  'redis-0 killed',
  '+sdown master mymaster redis-0',
  '+odown master mymaster redis-0',
  '+elected-leader master mymaster redis-0',
  '+promoted-slave slave redis-1 @ mymaster redis-0',
  '+switch-master mymaster redis-0 redis-1',
].join('\n')

describe('the story of a timeline', () => {
  it('has each step of a failover once, with any order of the sentinels', () => {
    expect(failover(['sentinel-0', 'sentinel-1']).story()).toBe(OUTLINE)
    expect(failover(['sentinel-1', 'sentinel-0']).story()).toBe(OUTLINE)
  })

  it('has a step twice when a sentinel publishes it twice', () => {
    const timeline = named()
    for (const event of ['+sdown', '-sdown', '+sdown']) timeline.event('sentinel-0', event, MASTER)
    timeline.event('sentinel-1', '+sdown', MASTER)
    expect(timeline.story().split('\n').map((line) => line.split(' ')[0])).toEqual(['+sdown', '-sdown', '+sdown'])
  })

  it('sorts the marks of processes that are started together', () => {
    const timeline = named()
    for (const node of ['redis-1', 'redis-0', 'sentinel-1']) timeline.mark(node, 'started')
    timeline.mark('redis-1', 'killed')
    timeline.mark('redis-0', 'started')
    expect(timeline.story().split('\n'))
      .toEqual(['redis-0 started', 'redis-1 started', 'sentinel-1 started', 'redis-1 killed', 'redis-0 started'])
  })

  it('leaves out that a replica or a sentinel is down, which is found out later', () => {
    const timeline = named()
    timeline.event('sentinel-0', '+sdown', REPLICA)
    expect(timeline.story()).toBe('')
    expect(timeline.story({ detail: 'all' })).toBe('sentinel-0 +sdown slave redis-1 @ mymaster redis-0')
  })

  it('names sentinels instead of their ids, and replaces what it does not know', () => {
    const timeline = named()
    timeline.event('sentinel-0', '+sentinel', `sentinel ${ID} 127.0.0.1 26380 @ mymaster 127.0.0.1 6379`)
    timeline.event('sentinel-0', '+vote-for-leader', `${ID} 1`)
    timeline.event('sentinel-0', '+vote-for-leader', `${'b'.repeat(40)} 2`)
    timeline.mark('redis-0', 'fault: point to 10.0.0.9:1')
    timeline.event('sentinel-0', '+slave', 'slave 10.0.0.9:1 10.0.0.9 1 @ mymaster 127.0.0.1 6379')
    expect(timeline.story({ detail: 'all' }).split('\n')).toEqual([
      'sentinel-0 +sentinel sentinel sentinel-1 @ mymaster redis-0',
      'sentinel-0 +vote-for-leader sentinel-1 1',
      'sentinel-0 +vote-for-leader <id> 2',
      'redis-0 fault: point to <address>',
      'sentinel-0 +slave slave <address> @ mymaster redis-0',
    ])
  })

  it('has rounded times, a beginning and a filter when they are asked for', () => {
    const timeline = failover(['sentinel-0', 'sentinel-1'])
    const after = timeline.position
    timeline.mark('redis-0', 'started')
    expect(timeline.story({ after, times: true })).toBe('   0.0 s  redis-0 started')
    const line = (text: string): string | undefined => text.startsWith('+') ? undefined : text.toUpperCase()
    expect(timeline.story({ line })).toBe('REDIS-0 KILLED\nREDIS-0 STARTED')
  })

  it('ends with the deployment', () => {
    const timeline = failover(['sentinel-0', 'sentinel-1'])
    timeline.end()
    timeline.mark('redis-1', 'killed')
    expect(timeline.story()).toBe(OUTLINE)
  })
})

describe('the events of a timeline', () => {
  it('are those of the past and then those of the future, and end with the deployment', async () => {
    const timeline = new Timeline()
    timeline.mark('redis-0', 'killed')
    timeline.event('sentinel-0', '+sdown', 'past')
    const read = (async () => {
      const texts: string[] = []
      for await (const { text } of timeline.events({ event: '+sdown' })) texts.push(text)
      return texts
    })()
    await new Promise(setImmediate)
    timeline.event('sentinel-1', '+odown', 'another')
    timeline.event('sentinel-1', '+sdown', 'future')
    timeline.end()
    timeline.event('sentinel-1', '+sdown', 'clean-up')
    expect(await read).toEqual(['past', 'future'])
  })

  it('end by break, and by return while they wait', async () => {
    const timeline = new Timeline()
    timeline.event('sentinel-0', '+sdown', '')
    for await (const { event } of timeline.events()) {
      expect(event).toBe('+sdown')
      break
    }
    const waiting = timeline.events({ after: timeline.position })
    const next = waiting.next()
    await waiting.return?.()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('answer calls of next in their order', async () => {
    const timeline = new Timeline()
    const events = timeline.events()
    const answers = Promise.all([events.next(), events.next()])
    timeline.mark('redis-0', 'killed')
    timeline.mark('redis-0', 'started')
    expect((await answers).map(({ value }) => value?.event)).toEqual(['killed', 'started'])
  })

  it('fail for a reader that is too late, because the timeline holds a limited number', async () => {
    const timeline = new Timeline()
    const late = timeline.events()
    for (let at = 0; at <= 200_000; at++) timeline.mark('redis-0', 'flood')
    await expect(late.next()).rejects.toThrow('100000 entries of the timeline were dropped before they were read')
    expect((await timeline.events().next()).value?.event).toBe('flood')
  })

  it('fail when the match throws, and are over then', async () => {
    const timeline = new Timeline()
    timeline.mark('redis-0', 'killed')
    const events = timeline.events({ where: () => { throw new Error('a slip') } })
    await expect(events.next()).rejects.toThrow('a slip')
    expect((await events.next()).done).toBe(true)
  })
})
