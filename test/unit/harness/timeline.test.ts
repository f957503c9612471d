import { once } from 'node:events'

import { describe, expect, it } from 'vitest'

import { Timeline } from '../../../src/harness/timeline.ts'

describe('Timeline', () => {
  it('finds entries by source, event and text', () => {
    const timeline = new Timeline()
    timeline.event('sentinel-0', '+sdown', 'master mymaster 127.0.0.1 6379')
    timeline.event('sentinel-1', '+sdown', 'slave 127.0.0.1:6380 127.0.0.1 6380 @ mymaster 127.0.0.1 6379')
    expect(timeline.first({ event: '+sdown', text: /^slave / })?.source).toBe('sentinel-1')
    expect(timeline.all({ source: 'sentinel-0' })).toHaveLength(1)
    expect(timeline.all({ event: /down$/ })).toHaveLength(2)
    expect(timeline.first({ kind: 'mark' })).toBeUndefined()
  })

  it('looks only at what follows a position', async () => {
    const timeline = new Timeline()
    timeline.event('sentinel-0', '+switch-master', 'first')
    const after = timeline.position
    expect(timeline.first({ event: '+switch-master', after })).toBeUndefined()
    const awaited = timeline.waitFor({ event: '+switch-master', after })
    timeline.event('sentinel-0', '+switch-master', 'second')
    expect((await awaited).text).toBe('second')
  })

  it('resolves at once for an entry of the past', async () => {
    const timeline = new Timeline()
    timeline.mark('redis-0', 'killed')
    expect((await timeline.waitFor({ event: 'killed' })).kind).toBe('mark')
  })

  it('shows the last entries when a wait is in vain', async () => {
    const timeline = new Timeline()
    timeline.event('sentinel-0', '+odown', 'master m 127.0.0.1 1 #quorum 2/2')
    await expect(timeline.waitFor({ event: '+switch-master', source: 'sentinel-0' }, 5))
      .rejects.toThrow(/waited 5 ms for \+switch-master of sentinel-0.*\+odown master m/s)
  })

  it('a listener that throws harms neither the timeline nor other listeners, and is reported', async () => {
    const timeline = new Timeline()
    const heard: string[] = []
    timeline.listen(() => { throw new Error('a slip') })
    // JavaScript may give an async function.
    const later: unknown = () => Promise.reject(new Error('a later slip'))
    timeline.listen(later as () => void)
    timeline.listen(({ event }) => { heard.push(event) })
    const warned = once(process, 'warning') as Promise<[Error]>
    expect(timeline.mark('redis-0', 'killed').event).toBe('killed')
    expect(heard).toEqual(['killed'])
    const [warning] = await warned
    expect(warning.message).toBe('a listener of the timeline failed at "redis-0 killed": a slip')
    await new Promise(setImmediate)
    timeline.mark('redis-0', 'started')
    expect(timeline.all({ event: 'listener failed' }).map(({ text }) => text.split(': ')[1])).toEqual(['a slip', 'a later slip'])
  })

  it('a wait whose own match throws fails, and nothing else does', async () => {
    const timeline = new Timeline()
    const wait = timeline.waitFor({ where: () => { throw new Error('a slip') } })
    timeline.mark('redis-0', 'killed')
    await expect(wait).rejects.toThrow('a slip')
  })

  it('knows when the last fault was done', () => {
    const timeline = new Timeline()
    expect(timeline.lastFaultAt).toBeUndefined()
    timeline.mark('redis-0', 'started')
    expect(timeline.lastFaultAt).toBeUndefined()
    const { at } = timeline.mark('redis-0', 'paused')
    timeline.mark('redis-0', 'resumed')
    expect(timeline.lastFaultAt).toBe(at)
  })

  it('renders offsets from the first entry', () => {
    const text = new Timeline().render([
      { kind: 'mark', at: 1_000, source: 'redis-0', event: 'killed', text: '' },
      { kind: 'event', at: 2_034.4, source: 'sentinel-0', event: '+sdown', text: 'master m 127.0.0.1 1' },
    ])
    expect(text).toBe('      0 ms  redis-0      killed\n   1034 ms  sentinel-0   +sdown master m 127.0.0.1 1')
  })
})
