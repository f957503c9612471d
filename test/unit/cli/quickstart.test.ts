import { describe, expect, it } from 'vitest'

import { formatAddress, type TimelineEntry } from '../../../src/harness/index.ts'
import { tell, type Setting } from '../../../src/cli/quickstart/narration.ts'
import { parseOptions } from '../../../src/cli/quickstart/options.ts'
import { lossExplained } from '../../../src/cli/quickstart/story.ts'
import { openTerminal } from '../../../src/cli/quickstart/terminal.ts'

const setting: Setting = {
  downAfterMs: 1_000,
  nodeAt: (address) => `node at ${formatAddress(address)}`,
  sentinelById: new Map([['abc', 'sentinel-1']]),
}

function event(name: string, text: string): TimelineEntry {
  return { kind: 'event', at: 0, source: 'sentinel-0', event: name, text }
}

describe('quickstart narration', () => {
  it('names the nodes by what they are', () => {
    expect(tell(event('+sdown', 'master m 10.0.0.1 6379'), setting)?.words)
      .toBe('sees node at 10.0.0.1:6379 down: no valid answer for 1000 ms')
    expect(tell(event('+odown', 'master m 10.0.0.1 6379 #quorum 3/2'), setting)?.words)
      .toBe('3 sentinels agree (quorum 2): node at 10.0.0.1:6379 is down')
    expect(tell(event('+promoted-slave', 'slave 10.0.0.2:6379 10.0.0.2 6379 @ m 10.0.0.1 6379'), setting)?.words)
      .toBe('node at 10.0.0.2:6379 is the master now')
    expect(tell(event('+switch-master', 'm 10.0.0.1 6379 10.0.0.2 6379'), setting)?.words)
      .toBe('announces the new address, 10.0.0.2:6379')
    expect(tell(event('+vote-for-leader', 'abc 7'), setting)?.words).toBe('votes for sentinel-1')
  })

  it('writes an IPv6 address with brackets, and finds the node also when the name of the master has blanks', () => {
    expect(tell(event('+switch-master', 'my master ::1 6379 ::1 6380'), setting)?.words)
      .toBe('announces the new address, [::1]:6380')
    expect(tell(event('+sdown', 'master my master ::1 6379'), setting)?.words)
      .toBe('sees node at [::1]:6379 down: no valid answer for 1000 ms')
  })

  it('leaves out events that are not needed for the story', () => {
    expect(tell(event('+sdown', 'slave 10.0.0.2:6379 10.0.0.2 6379 @ m 10.0.0.1 6379'), setting)).toBeUndefined()
    expect(tell(event('+new-epoch', '7'), setting)).toBeUndefined()
    expect(tell(event('__sentinel__:hello', '10.0.0.1,26379'), setting)).toBeUndefined()
  })
})

describe('the summary of the quickstart', () => {
  it('explains lost writes, and does not mention them when none was lost', () => {
    expect(lossExplained(0)).toEqual([])
    expect(lossExplained(2).join('\n')).toMatch(/acknowledged them .* asynchronously.*min-replicas-to-write/s)
  })
})

describe('quickstart options', () => {
  it('are accepted, and others are refused by name', () => {
    expect(parseOptions([])).toEqual({ help: false, keep: false, proxy: false, sentinel: 'ours' })
    expect(parseOptions(['--keep', '--proxy', '--sentinel', 'genuine'])).toEqual({ help: false, keep: true, proxy: true, sentinel: 'genuine' })
    expect(() => parseOptions(['--kepp'])).toThrow('--kepp')
    expect(() => parseOptions(['--sentinel', 'other'])).toThrow('--sentinel must be ours or genuine, not other')
  })
})

describe('quickstart terminal', () => {
  function bold(isTTY: boolean, environment: NodeJS.ProcessEnv): string {
    return openTerminal({ isTTY, write: () => true }, environment).bold('text')
  }

  it('has colours only when it is a terminal and NO_COLOR is not set', () => {
    expect(bold(true, {})).toBe('\u001b[1mtext\u001b[0m')
    expect(bold(true, { NO_COLOR: '1' })).toBe('text')
    expect(bold(true, { TERM: 'dumb' })).toBe('text')
    expect(bold(false, {})).toBe('text')
  })
})
