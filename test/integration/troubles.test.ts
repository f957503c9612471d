/** Two of the staged troubles of `npm run troubles`, which has all: what is read first at each sentinel. */
import { describe, expect, it } from 'vitest'

import { clientToolsHere } from '../../src/cli/system-packages.ts'
import { TROUBLES } from '../drills/catalogue.ts'
import { isGood, reportText, runTrouble } from '../drills/run-trouble.ts'

const SHORT = TROUBLES.filter(({ name }) => name === 'no-quorum' || name === 'priority-zero')

describe.runIf(clientToolsHere().includes('promtool'))('the first line of explain, of the dashboard and of an alert', () => {
  it.each(SHORT.map((trouble) => [trouble.title, trouble] as const))('names the cause and what to do at every sentinel when %s', async (_title, trouble) => {
    const report = await runTrouble({ ...trouble, holdMs: 1000 })
    expect(isGood(report), reportText(report)).toBe(true)
  }, 120_000)
})
