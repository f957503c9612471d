/** The commands of every runbook do what its page shows, on real processes. */
import { describe, expect, it } from 'vitest'

import { Deployment, eventually, notYet, type DeploymentOptions } from '../../src/harness/index.ts'
import { filesUnder } from '../tidy/project-files.ts'
import { RunbookRunner, runbookHeadings } from './support/runbook.ts'

interface Runbook {
  readonly page: string
  readonly headings: readonly string[]
  /** Nodes and sentinels that run at the beginning; the pages start the others. */
  readonly running: { readonly nodes: number, readonly sentinels: number }
  readonly options?: DeploymentOptions
  /** What happened before the first step. */
  readonly before?: (deployment: Deployment) => Promise<void>
}

const USUAL = { nodes: 3, sentinels: 3 }

const RUNBOOKS: readonly Runbook[] = [
  { page: 'planned-failover', headings: ['Steps', 'At night'], running: USUAL },
  { page: 'upgrade-redis', headings: ['Steps'], running: USUAL },
  { page: 'upgrade-sentinels', headings: ['Steps'], running: USUAL },
  { page: 'move-a-node', headings: ['Steps'], running: { nodes: 3, sentinels: 3 }, options: { replicas: 3 } },
  {
    page: 'replace-a-sentinel', headings: ['Steps'], running: USUAL, options: { sentinels: 4, quorum: 2 },
    before: async (deployment) => {
      await deployment.sentinel(2).kill()
      await untilDown(deployment, 'sentinel')
    },
  },
  { page: 'maintenance-window', headings: ['Steps'], running: USUAL, options: { persistence: 'aof' } },
  {
    page: 'disaster', headings: ['All data nodes are down and come back'], running: USUAL, options: { persistence: 'aof' },
    before: killAllNodes,
  },
  { page: 'disaster', headings: ['The last master is lost'], running: USUAL, options: { persistence: 'aof' }, before: killAllNodes },
  {
    page: 'disaster', headings: ['Most sentinels are lost and the master is down'], running: USUAL,
    before: async (deployment) => {
      for (const number of [1, 2]) await deployment.sentinel(number).kill()
      await deployment.node(0).kill()
      await untilDown(deployment, 'master')
    },
  },
]

async function killAllNodes(deployment: Deployment): Promise<void> {
  await deployment.node(0).call(['SET', 'key', 'value'])
  await deployment.node(0).call(['WAIT', '2', '5000'])
  for (const node of deployment.nodes) await node.kill()
  await untilDown(deployment, 'master')
}

/** Until the first sentinel sees the master down, or a sentinel. */
async function untilDown(deployment: Deployment, what: 'master' | 'sentinel'): Promise<void> {
  const sentinel = deployment.sentinel(0)
  await eventually(`the ${what} to be seen down`, async () => {
    const seen = what === 'master' ? [await sentinel.master('mymaster')] : await sentinel.sentinels('mymaster')
    const flags = seen.map((entry) => entry['flags'] ?? '')
    if (!flags.some((flag) => flag.includes('s_down'))) throw notYet(flags.join(' '))
  }, { timeoutMs: 30_000 })
}

/** Starts some processes of a deployment and waits until they know each other. */
async function started({ running, options }: Runbook): Promise<Deployment> {
  const deployment = await Deployment.create({ failoverTimeoutMs: 3000, ...options })
  try {
    const nodes = deployment.nodes.slice(0, running.nodes)
    const sentinels = deployment.sentinels.slice(0, running.sentinels)
    await Promise.all(nodes.map((node) => node.start()))
    await Promise.all(sentinels.map((sentinel) => sentinel.start()))
    await eventually('the fleet to be formed', async () => {
      for (const sentinel of sentinels) {
        const master = await sentinel.master('mymaster')
        const replicas = await sentinel.replicas('mymaster')
        const ready = replicas.filter((one) => one['master-link-status'] === 'ok' && one['flags'] === 'slave').length
        if (master['num-other-sentinels'] !== String(running.sentinels - 1) || ready !== running.nodes - 1) {
          throw notYet(`${sentinel.name}: ${master['num-other-sentinels']} others, ${ready} replicas`)
        }
      }
    }, { timeoutMs: 60_000 })
    return deployment
  } catch (error) {
    await deployment.stop()
    throw error
  }
}

const path = (page: string): string => `docs/runbooks/${page}.md`

describe('the runbooks', () => {
  it.each(RUNBOOKS.map((runbook) => [runbook.page, runbook.headings.join(', '), runbook] as const))('%s works as its page shows: %s', async (page, _, runbook) => {
    const deployment = await started(runbook)
    try {
      await runbook.before?.(deployment)
      const runs = await new RunbookRunner(deployment).run(path(page), ...runbook.headings)
      expect(runs.length).toBeGreaterThan(0)
    } finally {
      await deployment.stop()
    }
  }, 120_000)

  it('are all run, with all of their commands', () => {
    const pages = filesUnder('docs/runbooks', ['.md']).filter((file) => !file.endsWith('README.md'))
    const run = new Set(RUNBOOKS.flatMap(({ page, headings }) => headings.map((heading) => `${path(page)} ${heading}`)))
    expect(pages.flatMap((page) => runbookHeadings(page).map((heading) => `${page} ${heading}`)).filter((one) => !run.has(one))).toEqual([])
  })
})
