/** The file of events on the disk: docs/decisions/0062-events-over-restarts.md. */
import * as fs from 'node:fs'
import * as fsPromises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { StoreFileSystem } from '../../../src/config/index.ts'
import { EventFile, eventsPath, readEvents } from '../../../src/own-state/index.ts'
import { eventsText } from '../../../src/own-state/event-lines.ts'
import type { KeptEvent } from '../../../src/ports/index.ts'
import { keptEvent } from './event-samples.ts'

let folder: string
let configFile: string
let path: string

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'events-'))
  configFile = join(folder, 's.conf')
  path = eventsPath(configFile)
  fs.writeFileSync(configFile, 'port 26379\n')
})

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

function made(fileSystem?: StoreFileSystem): EventFile {
  return new EventFile({ configFile, umask: 0o022, ...(fileSystem === undefined ? {} : { fileSystem }) })
}

function opened(fileSystem?: StoreFileSystem): EventFile {
  const file = made(fileSystem)
  file.open()
  return file
}

function names(): string[] {
  return fs.readdirSync(folder).sort()
}

function good(): readonly KeptEvent[] {
  const reading = readEvents(path)
  if (reading.kind !== 'good' || reading.fault !== undefined) throw new Error(JSON.stringify(reading))
  return reading.events
}

const [ONE, TWO, THREE] = [keptEvent(1), keptEvent(2), keptEvent(3)] as const

describe('the file of events', () => {
  it('is beside the configuration, comes back as written, and nothing else is left', async () => {
    await opened().write([ONE, TWO], 2)
    expect(names()).toEqual(['s.conf', 's.conf.ts-sentinel-events.jsonl'])
    expect(good()).toEqual([ONE, TWO])
    expect(made().open()).toEqual({ events: [ONE, TWO], line: undefined })
  })

  it('gets the mode of the configuration', async () => {
    fs.chmodSync(configFile, 0o640)
    await opened().write([ONE], 1)
    expect(fs.statSync(path).mode & 0o7777).toBe(0o640)
  })

  it('grows at its end, over a restart too', async () => {
    const file = opened()
    await file.write([ONE], 1)
    const { ino } = fs.statSync(path)
    await file.write([ONE, TWO], 1)
    await opened().write([ONE, TWO, THREE], 1)
    expect(fs.statSync(path).ino).toBe(ino)
    expect(good()).toEqual([ONE, TWO, THREE])
  })

  it('is ASCII, and names with other characters come back', async () => {
    const odd = keptEvent(1, { payload: 'master \u00e9\u00ff 10.0.0.1 6379' })
    await opened().write([odd], 1)
    expect(fs.readFileSync(path, 'latin1')).toMatch(/^[\n\x20-\x7e]+$/)
    expect(good().map(({ text }) => JSON.parse(text) as unknown)).toEqual([JSON.parse(odd.text)])
  })

  it('is written anew when it is not as this program left it: removed, or changed by another program', async () => {
    const file = opened()
    await file.write([ONE], 1)
    fs.rmSync(path)
    await file.write([ONE, TWO], 1)
    expect(good()).toEqual([ONE, TWO])
    fs.appendFileSync(path, 'edited')
    await file.write([ONE, TWO, THREE], 1)
    expect(good()).toEqual([ONE, TWO, THREE])
  })

  it('keeps the newest 1000 events in at most 1 MiB', async () => {
    const events = Array.from({ length: 1_500 }, (_, at) => keptEvent(at + 1))
    const file = opened()
    await file.write(events, events.length)
    expect(good()).toEqual(events.slice(-1_000))

    const long = Array.from({ length: 1_000 }, (_, at) => keptEvent(at + 1, { payload: 'x'.repeat(1_000) }))
    await opened().write(long, long.length)
    expect(fs.statSync(path).size).toBeLessThan(512 * 1024 + 200)
    expect(good()).toEqual(long.slice(-good().length))
    const later = opened()
    for (let at = 0; at < 1_000; at += 100) await later.write(long.slice(0, at + 100), 100)
    expect(fs.statSync(path).size).toBeLessThan(1024 * 1024)
  })
})

describe('a file of events that cannot be used', () => {
  const cases: readonly (readonly [string, string, () => void])[] = [
    ['damaged', 'is damaged: it is not a file of events', () => { fs.writeFileSync(path, '') }],
    ['damaged', 'is damaged: it is not a file of events', () => { fs.writeFileSync(path, '{"version":1,"sha256":"x"}\n') }],
    ['damaged', 'is damaged: it has more than 1048576 bytes', () => { fs.writeFileSync(path, Buffer.alloc(1024 * 1024 + 1)) }],
    ['newer', 'was written by a newer ts-sentinel: it has version 2', () => { fs.writeFileSync(path, '{"content":"events","version":2}\n') }],
    ['unreadable', 'cannot be read: it is not a file', () => { fs.mkdirSync(path) }],
  ]

  it.each(cases)('is set aside as %s, which is logged with the path and what to do: %s', async (kind, why, make) => {
    make()
    const file = made()
    const { events, line } = file.open()
    expect(events).toEqual([])
    expect(line?.level).toBe('warning')
    expect(line?.text).toContain(`${path} ${why}`)
    expect(line?.text).toContain(`The file is now ${path}.${kind}-1.`)
    await file.write([ONE], 1)
    expect(good()).toEqual([ONE])
    expect(made().open().line).toBeUndefined()
  })

  it('is set aside when lines are not events, and its other events are used', async () => {
    const text = eventsText([ONE, TWO, THREE]).split('\n')
    text[2] = (text[2] ?? '').replace('"time"', '"tame"')
    fs.writeFileSync(path, [...text.slice(0, 3), 'x', ...text.slice(3)].join('\n'))
    const file = made()
    const { events, line } = file.open()
    expect(events).toEqual([ONE, THREE])
    expect(line?.text).toContain(`${path} is damaged: line 3: time is not a text, and 1 more. Its other events are used.`)
    expect(names()).toContain('s.conf.ts-sentinel-events.jsonl.damaged-1')
    await file.write([ONE, THREE], 0)
    expect(good()).toEqual([ONE, THREE])
  })

  it('loses its last line alone when that is incomplete, and is repaired by the next write', async () => {
    fs.writeFileSync(path, eventsText([ONE, TWO]).slice(0, -10))
    const file = made()
    const { events, line } = file.open()
    expect(events).toEqual([ONE])
    expect(line).toEqual({ level: 'notice', text: expect.stringContaining(`The last event in ${path} is incomplete`) as string })
    await file.write([ONE, THREE], 1)
    expect(good()).toEqual([ONE, THREE])
    expect(names()).toEqual(['s.conf', 's.conf.ts-sentinel-events.jsonl'])
  })
})

describe('a disk that is full', () => {
  it('keeps what was written before, and gets all events when it has space again', async () => {
    let isFull = false
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    const fileSystem: StoreFileSystem = {
      ...fsPromises,
      open: async (...args: Parameters<typeof fsPromises.open>) => {
        const file = await fsPromises.open(...args)
        if (!isFull || args[1] === 'r') return file
        return new Proxy(file, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name, target)
            if (typeof value !== 'function') return value
            // A part of the text is written before the disk is full.
            if (name === 'appendFile') return () => file.write('{"id"').then(() => { throw full })
            return name === 'write' || name === 'writeFile' ? () => Promise.reject(full) : value.bind(target) as unknown
          },
        })
      },
    }
    const file = opened(fileSystem)
    await file.write([ONE], 1)
    isFull = true
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await expect(file.write([ONE, TWO], 1)).rejects.toMatchObject({ strerror: 'No space left on device' })
    }
    expect(made().open().events).toEqual([ONE])
    expect(names()).toEqual(['s.conf', 's.conf.ts-sentinel-events.jsonl'])
    isFull = false
    await file.write([ONE, TWO, THREE], 2)
    expect(good()).toEqual([ONE, TWO, THREE])
  })
})
