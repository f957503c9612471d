/** What the dashboard shows of failovers and of many masters. `DASHBOARD_SHOTS=<folder>` keeps pictures. */
import { describe, expect, it } from 'vitest'

import { eventually, formatAddress, killMaster, notYet } from '../../src/harness/index.ts'
import { browserProgram } from '../../src/cli/system-packages.ts'
import type { MasterDetailsJson } from '../../src/http/json.ts'
import { readDocument } from '../documents/read-document.ts'
import type { Browser } from './support/browser.ts'
import { useBrowser } from './support/browser-of-tests.ts'
import { expectGoodLooks } from './support/dashboard-looks.ts'
import { limitFor } from './support/settings.ts'
import { withHttp } from './support/settings-file.ts'

const program = browserProgram()

describe.runIf(program !== undefined)('of failovers and many masters the dashboard', () => {
  const browserOfTests = useBrowser(program)

  it('has the cause of a failover that cannot end first on every sentinel, and its phase grows', async () => {
    const browser = browserOfTests()
    const redisConfig = ['user default on nopass ~* &* +@all -slaveof -replicaof']
    const options = { sentinels: 3, replicas: 1, failoverTimeoutMs: 60_000, redisConfig }
    await withHttp(options, async ({ deployment, url }) => {
      await killMaster(deployment)
      const leader = await leaderOf(deployment.sentinels.length, url)
      const address = formatAddress(deployment.sentinel(leader).address)
      for (const at of [leader, (leader + 1) % 3]) {
        await browser.goTo('about:blank')
        await browser.goTo(`${url(at)}/`)
        const first = await browser.reads('#notes .headline', /refuses SLAVEOF NO ONE[^]*ACL SETUSER default/)
        if (at !== leader) expect(first).toContain(address)
        await browser.reads('#overall', /Failover stuck/)
        expect(await browser.evaluate('document.title')).toMatch(/^\(1 failing over\)/)
        if (at === leader) await expectGrowingPhase(browser)
      }
      await browser.evaluate('document.querySelector("#notes .headline .copy").focus()')
      await browser.press('Enter', 'Enter', 13)
      await browser.reads('#toast', /Copied: .*ACL SETUSER default/)
      await browser.evaluate('document.getElementById("toast").hidden = true')
      await expectGoodLooks(browser, 'stuck')
    })
  }, limitFor(1, 90_000))

  it('finds the dead one of sixty masters, and shows a dead sentinel once', async () => {
    const browser = browserOfTests()
    const masters = Array.from({ length: 60 }, (_, at) => ({ name: `cache-${at + 1}`, replicas: at === 16 ? 0 : 1 }))
    await withHttp({ sentinels: 3, masters, formed: false, downAfterMs: 10_000 }, async ({ deployment, url }) => {
      await deployment.waitUntilFormed(200_000)
      await deployment.sentinel(2).kill()
      await deployment.node(0, 'cache-17').kill()
      await browser.goTo(`${url(0)}/`)
      // A master without replicas is down, and failed over in vain from time to time.
      await browser.reads('#counts', /^1\s+down/, 60_000)
      await browser.reads('#causes', /sentinel 127.0.0.1:\d+ is down/, 60_000)
      await browser.reads('#counts', /59\s+healthy/, 60_000)
      expect(await browser.text('#fleet li:first-child')).toMatch(/cache-17[^]*(?:Down|Failover stuck|Failing over)/)
      expect(await browser.evaluate('document.title')).toMatch(/^\(1 (?:down|failing over)\) ts-sentinel$/)
      expect(await browser.evaluate('document.getElementById("icon").href')).toContain('b3261e')
      await expectGoodLooks(browser, 'sixty-masters')
      await browser.evaluate('{ const box = document.getElementById("find"); box.value = "down"; box.dispatchEvent(new Event("input")) }')
      expect(await browser.evaluate('[...document.querySelectorAll("#fleet b:first-of-type")].map((b) => b.innerText)')).toContain('cache-17')
      expect(await browser.evaluate('document.querySelectorAll("#fleet li").length')).toBe(1)
      await browser.evaluate('document.querySelector("#places a:last-child").click()')
      await browser.reads('#sentinelspage', /does not answer/)
      await expectGoodLooks(browser, 'sentinels')
    })
  }, limitFor(1, 240_000))
})

/** The number of the sentinel that leads a failover. */
async function leaderOf(sentinels: number, url: (at: number) => string): Promise<number> {
  return eventually('a sentinel to lead the failover', async () => {
    for (let at = 0; at < sentinels; at += 1) {
      if ((await detailsOf(url(at))).failover !== null) return at
    }
    throw notYet('none')
  })
}

/** The phase that runs is drawn longer and longer. */
async function expectGrowingPhase(browser: Browser): Promise<void> {
  await browser.reads('#history', /Running[^]*outage for \d+ s[^]*promotion \d+ s so far/)
  const share = async () => Number(await browser.evaluate('document.querySelector("#history .running").style.flexGrow'))
  const before = await share()
  await eventually('the running phase to grow', async () => {
    if (await share() <= before) throw notYet('as before')
  })
}

async function detailsOf(url: string): Promise<MasterDetailsJson> {
  const reply = await fetch(`${url}/masters/mymaster`, { signal: AbortSignal.timeout(5_000) })
  return readDocument('master', await reply.text())
}
