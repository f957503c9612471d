/** The events of `/events` outlive the process: docs/decisions/0062-events-over-restarts.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'

import type { EventJson } from '../../src/documents/index.ts'
import { eventually, notYet } from '../../src/harness/index.ts'
import { eventsPath } from '../../src/own-state/index.ts'
import { readDocument } from '../documents/read-document.ts'
import { withHttp, type HttpDeployment } from './support/settings-file.ts'

const SETTING = 'down-after-milliseconds'

it('/events goes on after a restart where a reader was, over a kill, a stop, and a file that is none of ours', async () => {
  await withHttp({ sentinels: 1, replicas: 0, quorum: 1 }, async (given) => {
    const sentinel = given.deployment.sentinel(0)
    const path = eventsPath(sentinel.configFile)
    const set = async (value: number) => { await sentinel.call(['SENTINEL', 'SET', 'mymaster', SETTING, String(value)]) }
    const has = (value: number) => ` ${SETTING} ${value}`

    await set(30_001)
    await set(30_002)
    const before = await eventsAfter(given, '0', has(30_002))
    await eventually('the events in the file', () => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes(has(30_002))) throw notYet(text)
    })
    await sentinel.kill()
    await sentinel.start()
    const seen = before.find(({ payload }) => payload.endsWith(has(30_001)))?.id ?? expect.fail(JSON.stringify(before))
    await set(30_003)
    const later = await eventsAfter(given, seen, has(30_003))
    expect(later[0]).toEqual(before.at(-1))
    expect(later.map(({ event }) => event)).toContain('+monitor')

    // A stop writes what has not been written yet.
    await set(30_004)
    await sentinel.stop()
    await sentinel.start()
    const all = await eventsAfter(given, '0', has(30_004))
    expect(all.slice(0, before.length)).toEqual(before)
    const numbers = all.map(({ id }) => Number(id.split('-')[1]))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(new Set(numbers).size).toBe(numbers.length)

    await sentinel.stop()
    writeFileSync(path, 'shopping list: milk\n')
    await sentinel.start()
    expect(sentinel.logLines().filter((line) => line.includes(path))).toEqual([
      expect.stringContaining(`${path} is damaged: it is not a file of events`) as string,
    ])
    expect(readFileSync(`${path}.damaged-1`, 'utf8')).toBe('shopping list: milk\n')
    await eventsAfter(given, all.at(-1)?.id ?? '', 'mymaster')
  })
}, 120_000)

/** The events after this one, up to the first that has this in its text. */
async function eventsAfter({ url }: HttpDeployment, id: string, last: string): Promise<readonly EventJson[]> {
  const end = new AbortController()
  const { body } = await fetch(`${url(0)}/events`, { headers: { 'last-event-id': id }, signal: end.signal })
  const decoder = new TextDecoder()
  let text = ''
  let events: readonly EventJson[] = []
  for await (const chunk of body ?? expect.fail('no body')) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    events = [...text.matchAll(/^data: (.*)\n/gm)].map(([, json]) => readDocument('event', json ?? ''))
    if (events.some(({ payload }) => payload.includes(last))) break
  }
  end.abort()
  return events.slice(0, events.findIndex(({ payload }) => payload.includes(last)) + 1)
}
