/** What the dashboard shows during trouble, in a real browser. `DASHBOARD_SHOTS=<folder>` keeps pictures. */
import { describe, expect, it } from 'vitest'

import { killMaster } from '../../src/harness/index.ts'
import { browserProgram } from '../../src/cli/system-packages.ts'
import { useBrowser } from './support/browser-of-tests.ts'
import { expectGoodLooks, LOST_CONNECTION } from './support/dashboard-looks.ts'
import { limitFor } from './support/settings.ts'
import { withHttp } from './support/settings-file.ts'

const program = browserProgram()

describe.runIf(program !== undefined)('during trouble the dashboard', () => {
  const browserOfTests = useBrowser(program)

  it('is grey when its sentinel is dead, counts, and links to the others', async () => {
    const browser = browserOfTests()
    await withHttp({ sentinels: 3, replicas: 1 }, async ({ deployment, url }) => {
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#overall', /The master is healthy/)
      await browser.reads('#topology', /open its page[^]*open its page/)
      await deployment.sentinel(0).kill()
      await browser.reads('#stale', /No data for \d+ s/)
      await browser.reads('#stale', /No data for 8 s/)
      expect(await browser.text('#overall')).toBe('No data')
      expect(await browser.evaluate('document.title')).toBe('(no data) ts-sentinel')
      const links = await browser.evaluate('[...document.querySelectorAll("#stale a")].map((a) => a.href)')
      expect(links).toEqual(expect.arrayContaining([1, 2].map((at) => expect.stringMatching(`^${url(at)}/`) as unknown)))
      // No green is left on the page.
      const colours = await browser.evaluate(
        '[...document.querySelectorAll("#page *")].map((e) => getComputedStyle(e).color)'
        + '.filter((colour) => { const [r, g, b] = colour.match(/\\d+/g).map(Number); return g > r + 40 && g > b + 40 })',
      )
      expect(colours).toEqual([])
      await expectGoodLooks(browser, 'dead-sentinel', LOST_CONNECTION)
      await deployment.sentinel(0).start()
      await browser.reads('#overall', /The master is healthy/)
      expect(await browser.evaluate('document.getElementById("stale").hidden')).toBe(true)
    })
  }, limitFor(1, 90_000))

  it('counts the seconds without the master before it is down, and those until the failover', async () => {
    const browser = browserOfTests()
    await withHttp({ sentinels: 3, replicas: 2, downAfterMs: 20_000 }, async ({ deployment, url }) => {
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#overall', /The master is healthy/)
      await killMaster(deployment)
      await browser.reads('#overall', /^Unreachable$/)
      const text = await browser.reads('#head', /Unreachable for 1\d s, failover in \d+ s/)
      const [, gone, left] = /Unreachable for (\d+) s, failover in (\d+) s/.exec(text) ?? []
      expect(Number(gone) + Number(left)).toBeGreaterThanOrEqual(19)
      expect(Number(gone) + Number(left)).toBeLessThanOrEqual(21)
      expect(await browser.text('#topology')).toContain('Master, unreachable for')
      expect(await browser.evaluate('document.title')).toMatch(/^\(1 at risk\)/)
      await expectGoodLooks(browser, 'unreachable')
    })
  }, limitFor(1, 90_000))

  it('shows that there is no quorum, and a sentinel in TILT', async () => {
    const browser = browserOfTests()
    await withHttp({ sentinels: 3, replicas: 1 }, async ({ deployment, url }) => {
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#overall', /The master is healthy/)
      deployment.sentinel(0).pause()
      await browser.reads('#overall', /No data/)
      deployment.sentinel(0).resume()
      await browser.reads('#page', /TILT/)
      await browser.reads('#overall', /need attention|At risk/)
      await expectGoodLooks(browser, 'tilt', LOST_CONNECTION)
      await deployment.sentinel(1).kill()
      await deployment.sentinel(2).kill()
      await browser.goTo('about:blank')
      await deployment.sentinel(0).restart()
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#overall', /No quorum/)
      await browser.reads('#notes .headline', /2 must vote|majority is 2/)
      await expectGoodLooks(browser, 'no-quorum', LOST_CONNECTION)
    })
  }, limitFor(1, 90_000))
})
