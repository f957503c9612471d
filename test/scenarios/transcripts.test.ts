/**
 * Whole stories, told by everybody, beside this file. A change of the core that changes one of them shows here: read
 * the difference, and renew the transcript (`vitest -u`) only if it is meant.
 */
import { describe, expect, it } from 'vitest'
import type { ClusterOptions } from '../simulator/index.ts'
import { playOn, type Stage } from './support/stage.ts'

/**
 * Everything since the mark but the noise of reconnecting, one speaker after the other. Times are left out: they and
 * the order between speakers belong to other tests.
 */
function transcript(stage: Stage): string {
  const lines = stage.lines().filter(({ event }) => event?.name.endsWith('-link-reconnection') !== true)
  const speakers = [...new Set(lines.map(({ who }) => who))].sort()
  return speakers.map((speaker) => {
    const told = lines.filter(({ who }) => who === speaker).map(({ text }) => `  ${text.replace(/before \d+\)/, 'before …)')}\n`)
    return `${speaker}\n${told.join('')}`
  }).join('\n')
}

const STORIES: readonly { name: string, options: ClusterOptions, play: (stage: Stage) => Promise<void> }[] = [
  {
    name: 'dead-master',
    options: { seed: 1 },
    play: async (stage) => {
      stage.cluster.node('m').kill()
      await stage.run(8000)
      stage.cluster.node('m').start()
      await stage.rests(30_000)
    },
  },
  {
    name: 'manual-failover',
    options: { seed: 2 },
    play: async (stage) => {
      await stage.cluster.operate('s2', { kind: 'failover', name: 'mymaster' })
      await stage.rests(30_000)
    },
  },
  {
    name: 'partitioned-master',
    options: { seed: 3, sentinels: 5 },
    play: async (stage) => {
      stage.do({ kind: 'partition', side: ['s1', 'm'], isOneWay: false, ms: 15_000 })
      await stage.run(15_000)
      await stage.rests(60_000)
    },
  },
  {
    name: 'five-sentinels-parallel-syncs-2',
    options: { seed: 4, sentinels: 5, groups: [{ replicas: 4, parallelSyncs: 2 }] },
    play: async (stage) => {
      stage.cluster.node('m').kill()
      await stage.hears('+failover-end', 10_000)
      await stage.run(3000)
    },
  },
]

describe('the story of', () => {
  it.each(STORIES)('$name', async ({ name, options, play }) => {
    await playOn(options, async (stage) => {
      await play(stage)
      await expect(transcript(stage)).toMatchFileSnapshot(`./transcripts/${name}.txt`)
    })
  })
})
