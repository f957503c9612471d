/** What HTTP and the tools print fits conf/schema in several states, and the history has the right times. */
import { expect, it } from 'vitest'

import { explainTool, historyTool, statusTool } from '../../src/cli/sentinel-tools/index.ts'
import type { FailoverJson } from '../../src/documents/index.ts'
import { eventually, formatAddress, killMaster, notYet, orderFailover, type Deployment } from '../../src/harness/index.ts'
import { readDocument, type DocumentName } from '../documents/read-document.ts'
import { limitFor } from './support/settings.ts'
import { withHttp, type HttpDeployment } from './support/settings-file.ts'

const PATHS: readonly (readonly [path: string, document: DocumentName])[] = [
  ['/masters', 'masters'], ['/masters/mymaster', 'master'], ['/masters/mymaster/explain', 'explain'],
  ['/masters/mymaster/failovers', 'failovers'], ['/failovers', 'failovers'], ['/fleet', 'fleet'], ['/fleet/mymaster', 'fleet-master'],
  ['/masters/other', 'error'],
]
const TOOLS = [
  [statusTool, [], 'fleet'], [explainTool, ['mymaster'], 'explain'], [historyTool, [], 'failovers'],
] as const
/** Its number. It keeps no history. */
const ORIGINAL = 2

/** A sentinel sends PING every second. */
const PING_MS = 1000
/** More than the time from the death of the process to the last line of its log that could be wrong. */
const SLACK_MS = 500
/** Times in JSON have no fractions. */
const ROUNDING_MS = 2

it('JSON of HTTP and of the tools fits the published schemas, and history counts outages from the last good answer', async () => {
  await withHttp({ sentinels: ['ours', 'ours', 'genuine'], replicas: 1 }, async (given) => {
    const { deployment } = given
    await expectDocuments(given)

    await deployment.sentinel(0).call(['SENTINEL', 'PAUSE', 'mymaster', 'FOR', '60000', 'REASON', 'new switch'])
    await expectDocuments(given)
    await deployment.sentinel(0).call(['SENTINEL', 'RESUME', 'mymaster'])

    const { node } = await killMaster(deployment)
    const killed = Date.now()
    // From down to the new master it takes some 50 ms only: that may pass between two looks.
    await eventually('the master to be down', async () => {
      const { address, status } = readDocument('master', await get(given, '/masters/mymaster'))
      if (status === 'ok' && address === formatAddress(node.address)) throw notYet(status)
    }, { timeoutMs: 20_000, everyMs: 5 })
    await expectDocuments(given)
    await deployment.waitUntilSettled({ awayFrom: node.address })
    const switched = Date.now()
    await expectDocuments(given)
    for (const outage of await endedFailovers(given)) {
      expect(outage).toMatchObject({ planned: false, from: formatAddress(node.address) })
      const lastAnswer = Date.parse(outage.lastAnswer ?? '')
      expect(lastAnswer).toBeGreaterThan(killed - PING_MS - SLACK_MS)
      expect(lastAnswer).toBeLessThanOrEqual(killed + SLACK_MS)
      // An attempt of a follower may begin with the last event.
      expect(outage.outageMs).toBeGreaterThanOrEqual(Date.parse(outage.started) - lastAnswer - ROUNDING_MS)
      expect(outage.outageMs).toBeLessThanOrEqual(switched - lastAnswer + ROUNDING_MS)
    }

    await node.start()
    await deployment.waitUntilFormed()
    await orderFailover(deployment, 0)
    await expectPlanned(given)
    await expectDocuments(given)
    await expectTilt(given)
    await expectEvents(given)
  })
}, limitFor(1, 120_000))

async function get({ url }: HttpDeployment, path: string, sentinel = 0): Promise<string> {
  return await (await fetch(`${url(sentinel)}${path}`)).text()
}

async function expectDocuments(given: HttpDeployment): Promise<void> {
  for (const [path, document] of PATHS) readDocument(document, await get(given, path))
  for (const [at, sentinel] of given.deployment.sentinels.entries()) {
    for (const [tool, words, document] of TOOLS) {
      if (at === ORIGINAL && tool === historyTool) continue
      readDocument(document, await printed(tool, [formatAddress(sentinel.address), ...words, '--json']))
    }
  }
}

async function printed(tool: typeof statusTool, args: readonly string[]): Promise<string> {
  let [text, errors] = ['', '']
  await tool(args, {
    print: (more) => { text += more },
    printError: (more) => { errors += more },
    terminal: undefined,
    onInterrupt: () => () => undefined,
  })
  expect(errors).toBe('')
  return text
}

/** The last failover, as each ts-sentinel has it, when both have ended it. */
async function endedFailovers(given: HttpDeployment): Promise<readonly FailoverJson[]> {
  return eventually('both histories to have the failover', async () => {
    const documents = await Promise.all([0, 1].map((at) => get(given, '/masters/mymaster/failovers', at)))
    return documents.map((text) => {
      const last = readDocument('failovers', text).failovers.at(-1)
      if (last?.outcome !== 'switched' && last?.outcome !== 'adopted') throw notYet(text)
      return last
    })
  })
}

/** The sentinel that had the order knows that it was planned; another one cannot know, and counts no outage either. */
async function expectPlanned(given: HttpDeployment): Promise<void> {
  await eventually('both histories to have the planned failover', async () => {
    const [leader, follower] = await endedFailovers(given)
    if (leader?.planned !== true || follower?.planned !== null) throw notYet(JSON.stringify([leader, follower]))
    for (const one of [leader, follower]) expect(one).toMatchObject({ lastAnswer: null, outageMs: null })
  })
  expect(await printed(historyTool, [addressOf(given.deployment)])).toMatch(/planned/)
}

/** The sentinel is stopped for as long as `status` waits for it, which is more than the trigger of TILT. */
async function expectTilt(given: HttpDeployment): Promise<void> {
  const { deployment } = given
  const stopped = deployment.sentinel(0)
  await stopped.call(['SENTINEL', 'DEBUG', 'tilt-trigger', '500', 'tilt-period', '10000'])
  stopped.pause()
  const { sentinels } = readDocument('fleet', await printed(statusTool, [formatAddress(deployment.sentinel(1).address), '--json']))
  stopped.resume()
  expect(sentinels.filter(({ answers }) => !answers).map(({ address }) => address)).toEqual([addressOf(deployment)])
  await eventually('TILT', async () => {
    const text = await get(given, '/masters')
    if (!readDocument('masters', text).sentinel.tilt) throw notYet(text)
  })
  await expectDocuments(given)
}

function addressOf(deployment: Deployment): string {
  return formatAddress(deployment.sentinel(0).address)
}

/** Every event since the start, with those of two failovers. */
async function expectEvents({ url }: HttpDeployment): Promise<void> {
  const end = new AbortController()
  const { body } = await fetch(`${url(0)}/events`, { headers: { 'last-event-id': '0' }, signal: end.signal })
  let text = ''
  for await (const chunk of body ?? expect.fail('no body')) {
    text += new TextDecoder().decode(chunk as Uint8Array)
    if ((text.match(/"\+switch-master"/g) ?? []).length === 2 && text.endsWith('\n\n')) break
  }
  end.abort()
  for (const [, json] of text.matchAll(/^data: (.*)$/gm)) readDocument('event', json ?? '')
}
