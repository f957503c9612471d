/** The dashboard in a real browser, through a real failover. */
import { describe, expect, it } from 'vitest'

import { eventually, formatAddress, killMaster, notYet } from '../../src/harness/index.ts'
import { browserProgram } from '../../src/cli/system-packages.ts'
import type { Browser } from './support/browser.ts'
import { useBrowser } from './support/browser-of-tests.ts'
import { expectGoodLooks, LOOKS, LOST_CONNECTION } from './support/dashboard-looks.ts'
import { limitFor } from './support/settings.ts'
import { withHttp } from './support/settings-file.ts'

const PAGE_BYTES_MAX = 200_000

const program = browserProgram()

if (program === undefined) {
  it('the dashboard is shown in a browser', (context) => { context.skip('no browser is installed: install the package chromium') })
}

describe.runIf(program !== undefined)('the dashboard', () => {
  const browserOfTests = useBrowser(program)

  it('shows a failover while it happens', async () => {
    const browser = browserOfTests()
    await withHttp({ sentinels: 3, replicas: 2 }, async ({ deployment, url }) => {
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#live', /Live/)
      await browser.reads('#overall', /The master is healthy/)
      await browser.reads('#head', /mymaster[^]*3 of 3 reachable/)
      expect(await browser.evaluate('document.querySelectorAll("#topology .kids > li").length')).toBe(2)
      expect(await browser.text('#notes')).toContain('If the master died now: yes, a failover to')
      expect(await browser.text('#history')).toContain('No failover since this sentinel started.')
      await expectGoodLooks(browser, 'healthy')

      const fault = await killMaster(deployment)
      const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      await browser.reads('#head', new RegExp(`${formatAddress(master.address)}[^]*\\d failovers? recorded`))
      await browser.reads('#events', /Enough sentinels agree that the master is down/)
      await browser.reads('#events', new RegExp(`The master is now ${formatAddress(master.address)}`))
      await browser.reads('#history', /agreement [\d.]+ m?s/)
      await browser.reads('#topology', /Replica, down for/)
      await browser.reads('#overall', /At risk/)
      expect(await browser.evaluate('document.title')).toMatch(/^\(1 at risk\) mymaster/)
      await expectGoodLooks(browser, 'failed-over')

      // Everything is said in words and shapes too: marks differ by path, not by colour alone.
      const shapes = await browser.evaluate('new Set([...document.querySelectorAll(".mark path")].map((p) => p.getAttribute("d"))).size')
      expect(shapes).toBeGreaterThan(2)
    })
  }, limitFor(1, 90_000))

  it('reconnects after a restart of the sentinel, and the keyboard reaches every master', async () => {
    const browser = browserOfTests()
    const masters = Array.from({ length: 12 }, (_, at) => ({ name: `cache-${at + 1}`, replicas: at === 0 ? 1 : 0 }))
    await withHttp({ sentinels: 1, masters, formed: false }, async ({ deployment, url }) => {
      await browser.look(LOOKS.dark)
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#fleet', /cache-12/)
      await browser.evaluate('document.querySelector("#fleet a").focus()')
      await browser.press('Tab', 'Tab', 9)
      const second = await browser.text('#fleet li:nth-child(2) b')
      expect(await browser.evaluate('document.activeElement.getAttribute("data-key")')).toBe(second)
      await browser.press('Enter', 'Enter', 13)
      await browser.reads('#head', new RegExp(second))
      expect(await browser.evaluate('location.hash')).toBe(`#/master/${second}`)
      await browser.evaluate('history.back()')
      await browser.reads('#fleet', /cache-12/)
      await browser.evaluate('history.forward()')
      await browser.reads('#head', new RegExp(second))
      await browser.evaluate('history.back()')
      await browser.evaluate('{ const box = document.getElementById("find"); box.value = "che-12"; box.dispatchEvent(new Event("input")) }')
      expect(await browser.evaluate('document.querySelectorAll("#fleet li").length')).toBe(1)
      expect(await browser.evaluate('location.hash')).toBe('#/?find=che-12')
      await deployment.sentinel(0).kill()
      await browser.reads('#live', /Connecting/)
      browser.errors.length = 0
      await deployment.sentinel(0).start()
      await browser.reads('#live', /Live/)
    })
  }, limitFor(1, 90_000))

  it('shows the master when its address names none that can be read', async () => {
    const browser = browserOfTests()
    await withHttp({ sentinels: 1, replicas: 1 }, async ({ url }) => {
      browser.errors.length = 0
      for (const hash of ['#m=%', '#m=%ff', '#/master/constructor', '#m=', '#%']) {
        await browser.goTo('about:blank')
        await browser.goTo(`${url(0)}/${hash}`)
        await browser.reads('#head', /mymaster/)
      }
      expect(browser.errors.filter((error) => !LOST_CONNECTION.test(error))).toEqual([])
    })
  }, limitFor(1, 60_000))

  it('asks for the tokens, keeps them to this tab, and carries out what the buttons order', async () => {
    const browser = browserOfTests()
    await withHttp({ sentinels: 1, replicas: 1 }, async ({ deployment, url }) => {
      browser.errors.length = 0
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#ask', /Token of the \[http\] section/)
      await enter(browser, 'wrong')
      await browser.reads('#ask', /The sentinel refused this token/)
      await enter(browser, 'open sesame')
      await browser.reads('#head', /mymaster/)
      await browser.reads('#live', /Live/)

      // The token for reading does not allow actions.
      await order(browser, 'pause')
      await browser.reads('#dialog', /Not done: the token of this page does not allow actions/)
      await typeToken(browser, 'wrong')
      await browser.reads('#dialog', /Not done: the sentinel refused this token/)
      expect(await browser.text('#head')).toContain('Pause failovers')
      await expectGoodLooks(browser, 'action-refused', /401/)
      await typeToken(browser, 'act')
      await browser.reads('#dialog', /Done: .*paused/)
      await browser.reads('#overall', /Failovers paused/)
      await order(browser, 'resume')
      await browser.reads('#dialog', /Resume failovers: mymaster[^]*Done: /)
      await browser.reads('#head', /Pause failovers/)
      await order(browser, 'failover')
      await browser.reads('#dialog', /Done: OK/)
      const promoted = formatAddress(deployment.node(1).address)
      await browser.reads('#head', new RegExp(promoted))
      await browser.reads('#events', new RegExp(`The master is now ${promoted}`))
      await browser.reads('#history', /planned/)
      // The browser reports answers of 401 by itself; nothing else may be there.
      expect(browser.errors.filter((error) => !error.includes('401'))).toEqual([])
    }, ['token = open sesame', 'actions-token = act'])
  }, limitFor(1, 60_000))

  it('is one small page that loads nothing from elsewhere', async () => {
    await withHttp({ sentinels: 1, replicas: 0 }, async ({ url }) => {
      const reply = await fetch(url(0), { signal: AbortSignal.timeout(5_000) })
      const page = await reply.text()
      expect(Buffer.byteLength(page)).toBeLessThan(PAGE_BYTES_MAX)
      expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
      expect(reply.headers.get('content-security-policy')).toContain('default-src \'none\'')
    })
  }, limitFor(1, 60_000))
})

/** Opens the dialog of an action in place of the one that is open, and confirms it. */
async function order(browser: Browser, action: string): Promise<void> {
  const button = `document.querySelector('[data-key="action ${action}"]')`
  await eventually(`a button for ${action}`, async () => {
    if (await browser.evaluate(`${button} !== null`) !== true) throw notYet(await browser.text('#head'))
  })
  await browser.evaluate(`{ document.getElementById('dialog').close(); ${button}.click(); document.querySelector('#dialog .strong').click() }`)
}

/** Enters a token for the action of the open dialog, and confirms it again. */
async function typeToken(browser: Browser, token: string): Promise<void> {
  await browser.evaluate(`{ document.getElementById('field-token').value = ${JSON.stringify(token)}; document.querySelector('#dialog .strong').click() }`)
}

async function enter(browser: Browser, token: string): Promise<void> {
  await browser.evaluate(`{ const box = document.getElementById('token'); box.value = ${JSON.stringify(token)}; box.form.requestSubmit() }`)
}
