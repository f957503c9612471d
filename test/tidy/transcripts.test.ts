/** Each event, note and rule of the selection occurs in a file of test/scenarios/transcripts, or is listed here. */
import { describe, expect, it } from 'vitest'

import type { EventName, Ineligible, LastResort, Note, Precedence } from '../../src/core/index.ts'
import { CATALOG } from '../../src/events/index.ts'
import { filesUnder, readProjectFile } from './project-files.ts'

/** Simulated sentinels start no processes; this file tests the events with real ones. */
const SCRIPTS_TEST = 'test/unit/scripts/script-runner.test.ts'

/** Events that cannot occur in the simulated fleet, with the test that has them. */
const ELSEWHERE: ReadonlyMap<EventName, string> = new Map([
  ['+script-child', SCRIPTS_TEST],
  ['-script-child', SCRIPTS_TEST],
  ['-script-error', SCRIPTS_TEST],
  ['-script-timeout', SCRIPTS_TEST],
])

/** How transcripts show the lines that are only logged (test/simulator/event-text.ts), or the test that has them. */
const NOTES: Readonly<Record<Note['kind'], RegExp | string>> = {
  'peer-voted': /^ {2}\S+ voted for \S+ \d+$/m,
  'failover-delay': /^ {2}\(no failover of /m,
  'failover-requested': /^ {2}\(failover of \S+ requested\)$/m,
  'handover-ended': /^ {2}\(coordinated failover of \S+ ends: /m,
  'simulated-failure-armed': /^ {2}\(armed: /m,
  'simulated-crash': /^ {2}\(simulated crash\)$/m,
  'access-refused': /^ {2}\(.* refused \S+ of /m,
  'same-server': /^ {2}\(.* is the same server as /m,
  'same-id': /^ {2}\(.* has the same id /m,
  'tilt-cause': /^ {2}\(tilt: (?:stopped|forward|back)\)$/m,
  'down-cause': /^ {2}\(\S+ \S+ of \S+ is down: /m,
  'promotion-unreachable': /^ {2}\(the failover of \S+ ends: the connection to \S+ failed: /m,
  'vote-withheld': /^ {2}\(.* does not get the vote of epoch \d+ /m,
  'crash-detected': /^ {2}\(\S+ has crashed: /m,
  'known-again': /^ {2}\(the \S+ \S+ is known again\)$/m,
  'reset-kept-replicas': /^ {2}\(\d+ replicas of \S+ are kept\)$/m,
  'nonsense': /^ {2}\(nonsense from /m,
  // The simulated fleet has addresses, and each of its servers has one of its own.
  'resolve-failed': 'test/unit/events/notes.test.ts',
  'shared-address': 'test/unit/core/shared-address.test.ts',
  'promotion-refused': 'test/unit/events/notes.test.ts',
}

/** Attempts that end in an epoch of the candidate's own (test/scenarios/transcripts/order-alone.txt and others). */
const OWN_EPOCH = /^ {2}\+new-epoch \d{6,}$/m

const RANKING = {
  'is left out': {
    'down': true, 'disconnected': true, 'silent': true, 'priority-zero': true, 'excluded-zone': true, 'info-too-old': true,
    'master-link-down-too-long': true, 'no-data': true, 'lost-data': true, 'foreign': true, 'returned-master': true,
    'never-synchronised': true, 'loading': true, 'too-much-lag': true,
  } satisfies Record<Ineligible, true>,
  'as a last resort': { 'too-much-lag': true, 'never-synchronised': true, 'loading': true } satisfies Record<LastResort, true>,
  'is the best by': { 'priority': true, 'zone': true, 'offset': true, 'run-id': true } satisfies Record<Precedence, true>,
}

const transcripts = filesUnder('test/scenarios/transcripts', ['.txt']).map((path) => readProjectFile(path)).join('\n')

/** Names of the events that sentinels reported, in these texts. */
function eventsIn(text: string): Set<string> {
  return new Set([...text.matchAll(/^ {2}([+-][a-z-]+)(?= |$)/gm)].map(([, name]) => name ?? ''))
}

/** Events of the catalogue that neither occur nor are listed. */
function missingEvents(occurring: ReadonlySet<string>): string[] {
  const names = Object.keys(CATALOG) as EventName[]
  return names.filter((name) => !occurring.has(name) && !ELSEWHERE.has(name))
}

describe('transcripts', () => {
  const occurring = eventsIn(transcripts)

  it('show every event of the catalogue that the simulated fleet can report', () => {
    expect(missingEvents(occurring)).toEqual([])
    expect([...occurring].filter((name) => !(name in CATALOG))).toEqual([])
  })

  it('need no exception for an event that they show', () => {
    expect([...ELSEWHERE.keys()].filter((name) => occurring.has(name))).toEqual([])
  })

  it.each([...ELSEWHERE])('leave %s to another test, which names it', (name, path) => {
    expect(readProjectFile(path)).toMatch(new RegExp(`['\`]\\${name}[ '\`]`))
  })

  it('show every line that is only logged and that the simulated fleet can cause', () => {
    const missing = Object.entries(NOTES).filter(([, shown]) => shown instanceof RegExp && !shown.test(transcripts))
    expect(missing.map(([kind]) => kind)).toEqual([])
  })

  it.each(Object.entries(NOTES).filter(([, shown]) => typeof shown === 'string'))('leave the line %s to another test: %s', (kind, path) => {
    expect(readProjectFile(String(path))).toContain(`'${kind}'`)
  })

  it('show an epoch that belongs to one candidate', () => {
    expect(transcripts).toMatch(OWN_EPOCH)
  })

  it('show every rule of the selection', () => {
    const shown = Object.entries(RANKING).flatMap(([words, rules]) => Object.keys(rules).map((rule) => [words, rule]))
    const missing = shown.filter(([words, rule]) => !new RegExp(`${words}[ :(]*${rule}\\b`).test(transcripts))
    expect(missing).toEqual([])
  })

  it('are searched for lines of sentinels only', () => {
    const events = eventsIn('until +sdown by s1 within 5s\n----\ns1\n  +odown master m 1 2\n  -tilt\n')
    expect([...events]).toEqual(['+odown', '-tilt'])
    expect(missingEvents(events)).toContain('+sdown')
  })
})
