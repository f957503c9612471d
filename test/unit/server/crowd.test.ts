/** Crowds of clients and of requests: everything else goes on, and what they may hold is bounded. */
import { afterEach, describe, expect, it } from 'vitest'

import { InputBudget } from '../../../src/server/input-budget.ts'
import { Subscriptions } from '../../../src/server/subscriptions.ts'
import { Turns } from '../../../src/server/turns.ts'
import { requestBytes } from './raw-client.ts'
import { startServer, type TestServer } from './test-server.ts'

let running: TestServer | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})

const WRONG = '-WRONGPASS invalid username-password pair or user is disabled.\r\n'

describe('a client that has not logged in', () => {
  it('is answered up to 17 KB in one go and cut beyond, as by the original', async () => {
    running = await startServer({}, { requirepass: 'sesame' })
    const modest = await running.open()
    await modest.expect(requestBytes(['AUTH', 'u', 'p']).repeat(250), WRONG.repeat(250))
    const greedy = await running.open()
    greedy.send(requestBytes(['AUTH', 'u', 'p']).repeat(1700))
    await greedy.closed()
    expect(greedy.received.length).toBeLessThan(20_000)
    expect(running.server.counters).toMatchObject({ outputBufferDisconnections: 1 })
    expect(running.server.counters.deniedAuth).toBeLessThan(600)
    await modest.expect(requestBytes(['AUTH', 'sesame']), '+OK\r\n')
  })
})

describe('the time of a turn', () => {
  it('is shared in turns between expensive requests and timers', async () => {
    const turns = new Turns()
    const order: string[] = []
    const worker = (name: string) => {
      let pieces = 3
      return {
        work: () => {
          order.push(name)
          const until = performance.now() + 5
          while (performance.now() < until);
          pieces -= 1
          return pieces > 0
        },
      }
    }
    const [a, b, c] = [worker('a'), worker('b'), worker('c')]
    expect(turns.mayWork(a)).toBe(true)
    for (const waiting of [a, b, c]) turns.wait(waiting)
    expect(turns.mayWork(a)).toBe(false)
    let timers = 0
    const timer = setInterval(() => { timers += 1 }, 1)
    await expect.poll(() => order.length, { interval: 1, timeout: 10_000 }).toBe(9)
    clearInterval(timer)
    expect(order.join('')).toBe('abcabcabc')
    expect(timers).toBeGreaterThan(1)
    expect(turns.mayWork(a)).toBe(true)
  })

  it('is given to clients that have logged in before many unauthenticated ones', async () => {
    const turns = new Turns()
    let strangers = 0
    let before = -1
    const busy = (): void => {
      const until = performance.now() + 2
      while (performance.now() < until);
    }
    for (let count = 0; count < 30; count += 1) {
      turns.wait({
        isStranger: true,
        work: () => {
          busy()
          strangers += 1
          return false
        },
      })
    }
    turns.wait({
      work: () => {
        before = strangers
        return false
      },
    })
    await expect.poll(() => strangers, { interval: 1, timeout: 10_000 }).toBe(30)
    expect(before).toBe(0)
  })

  it('is given to another client between many requests that come in one packet', async () => {
    running = await startServer()
    const [greedy, modest] = [await running.open(), await running.open()]
    greedy.send(requestBytes(['PING']).repeat(100_000))
    await modest.expect(requestBytes(['PING']), '+PONG\r\n')
    await greedy.until(() => greedy.received.length === 7 * 100_000, 'all answers')
  })
})

describe('the memory of all connections', () => {
  it('of unfinished requests is bounded, and connections with little stay open', () => {
    const budget = new InputBudget()
    const clients = Array.from({ length: 129 }, () => ({}))
    const fitting = clients.filter((client) => budget.fits(client, 2 ** 20))
    expect(fitting).toHaveLength(128)
    expect(budget.fits({}, 16 * 1024)).toBe(true)
    for (const client of clients) budget.forget(client)
    expect(budget.fits({}, 2 ** 20)).toBe(true)
  })

  it('of subscriptions is bounded, and so are the characters of different patterns', () => {
    const subscriptions = new Subscriptions()
    const subscriber = { protocol: 2 as const, deliver: () => undefined }
    for (let at = 0; at < 256; at += 1) subscriptions.add('pattern', `${at}`.padEnd(1024, '?'), subscriber)
    expect(subscriptions.mayAdd('pattern', ['x'])).toBe(false)
    expect(subscriptions.mayAdd('pattern', ['0'.padEnd(1024, '?')])).toBe(true)
    expect(subscriptions.mayAdd('channel', ['x'])).toBe(true)
    expect(subscriptions.mayAdd('channel', Array.from({ length: 65_536 }, () => 'x'))).toBe(false)
    subscriptions.remove('pattern', '0'.padEnd(1024, '?'), subscriber)
    expect(subscriptions.mayAdd('pattern', ['x'])).toBe(true)
  })
})
