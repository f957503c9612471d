/** One event, many sinks, in the order of protocol.md 3.1. */
import { beforeEach, describe, expect, it } from 'vitest'
import { EventBus, notificationSink } from '../../../src/events/index.ts'
import type { PublishedEvent } from '../../../src/ports/index.ts'
import { at, MASTER, published, REPLICA } from './samples.ts'

let lines: string[]
let failures: string[]
let bus: EventBus

beforeEach(() => {
  lines = []
  failures = []
  bus = new EventBus({
    logger: { log: (level, text) => { lines.push(`${level} ${text}`) } },
    onSinkError: (error, event) => { failures.push(`${event.channel}: ${String(error)}`) },
  })
})

describe('the event bus', () => {
  it('gives every sink the wire form, in the order in which they subscribed', () => {
    const seen: string[] = []
    bus.subscribe((event) => { seen.push(`first ${event.channel}`) })
    bus.subscribe((event) => { seen.push(`second ${event.level} ${event.payload} ${event.now.mono}`) })
    bus.event({ name: '+sdown', subject: MASTER, master: 'mymaster' }, at(5))
    expect(seen).toEqual(['first +sdown', 'second warning master mymaster 127.0.0.1 6379 5'])
  })

  it('reports a sink that throws and goes on with the others', () => {
    const seen: string[] = []
    bus.subscribe(() => { throw new Error('no room') })
    bus.subscribe((event) => { seen.push(event.channel) })
    bus.event({ name: '+tilt' }, at(0))
    bus.event({ name: '-tilt' }, at(1))
    expect(seen).toEqual(['+tilt', '-tilt'])
    expect(failures).toEqual(['+tilt: Error: no room', '-tilt: Error: no room'])
  })

  it('keeps the order when a sink causes another event', () => {
    const seen: string[] = []
    bus.subscribe((event) => {
      if (event.channel === '+odown') bus.event({ name: '+script-child', pid: 1 }, at(0))
    })
    bus.subscribe((event) => { seen.push(event.channel) })
    bus.event({ name: '+odown', subject: MASTER, agree: 2, quorum: 2 }, at(0))
    expect(seen).toEqual(['+odown', '+script-child'])
  })

  it('sends nothing to a sink that has unsubscribed, also during an event', () => {
    const seen: string[] = []
    const leave = bus.subscribe((event) => {
      seen.push(event.channel)
      leave()
    })
    bus.event({ name: '+sdown', subject: MASTER }, at(0))
    bus.event({ name: '-sdown', subject: MASTER }, at(1))
    expect(seen).toEqual(['+sdown'])
  })

  it('writes notes to the log and does not publish them', () => {
    const seen: PublishedEvent[] = []
    bus.subscribe((event) => { seen.push(event) })
    bus.note({ kind: 'failover-requested', master: 'm' }, at(0))
    expect(lines).toEqual(["notice Executing user requested FAILOVER of 'm'"])
    expect(seen).toEqual([])
  })
})

describe('the notification script', () => {
  const queued: (readonly string[])[] = []
  const sink = notificationSink({ enqueue: (argv) => { queued.push(argv) } })
  const script = { master: 'mymaster', notificationScript: '/etc/notify.sh' }

  beforeEach(() => { queued.length = 0 })

  it('is called with path, event and payload of a warning about its master', () => {
    sink(published({ name: '+odown', subject: MASTER, agree: 2, quorum: 2, ...script }))
    expect(queued).toEqual([['/etc/notify.sh', '+odown', 'master mymaster 127.0.0.1 6379 #quorum 2/2']])
  })

  it('is called for warnings whose payload does not describe the master', () => {
    sink(published({ name: '+new-epoch', epoch: 3n, ...script }))
    expect(queued).toEqual([['/etc/notify.sh', '+new-epoch', '3']])
  })

  it.each([
    ['a notice', published({ name: '+slave', subject: REPLICA, ...script })],
    ['a warning of a master without a script', published({ name: '+sdown', subject: MASTER, master: 'mymaster' })],
    ['TILT, which is nobody\'s', published({ name: '+tilt' })],
    ['its own failure', published({ name: '-script-error', path: '/etc/notify.sh', end: { signal: 0, status: 3 } })],
  ])('is not called for %s', (_what, event) => {
    sink(event)
    expect(queued).toEqual([])
  })
})
