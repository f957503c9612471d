/**
 * The dashboard in a real browser, through a real failover. `DASHBOARD_SHOTS=<folder>` keeps the screenshots.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, formatAddress, killMaster } from '../../src/harness/index.ts'
import { browserProgram } from '../../src/cli/system-packages.ts'
import { Browser, type Look } from './support/browser.ts'
import { limitFor } from './support/settings.ts'
import { withHttp } from './support/settings-file.ts'

const PAGE_BYTES_MAX = 150_000
const LOOKS: Readonly<Record<string, Look>> = {
  light: { width: 1440, height: 1060, scheme: 'light' },
  dark: { width: 1440, height: 1060, scheme: 'dark' },
  narrow: { width: 390, height: 844, scheme: 'light' },
}

const program = browserProgram()

if (program === undefined) {
  it('the dashboard is shown in a browser', (context) => { context.skip('no browser is installed: install the package chromium') })
}

describe.runIf(program !== undefined)('the dashboard', () => {
  let browser: Browser
  beforeAll(async () => { browser = await Browser.open(program ?? '') })
  afterAll(() => browser.close())

  it('shows a failover while it happens', async () => {
    await withHttp({ sentinels: 3, replicas: 2 }, async ({ deployment, url }) => {
      await browser.look(LOOKS['light'] as Look)
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#live', /Live/)
      await browser.reads('#overall', /The master is healthy/)
      await browser.reads('#head', /mymaster[^]*3 of 3 reachable/)
      expect(await browser.evaluate('document.querySelectorAll("#topology .kids > li").length')).toBe(2)
      expect(await browser.text('#notes')).toContain('If the master died now: yes, a failover to')
      expect(await browser.text('#history')).toContain('No failover since this sentinel started.')

      const fault = await killMaster(deployment)
      const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      await browser.reads('#head', new RegExp(`${formatAddress(master.address)}[^]*1 failover recorded`))
      await browser.reads('#events', /Enough sentinels agree that the master is down/)
      await browser.reads('#events', new RegExp(`The master is now ${formatAddress(master.address)}`))
      await browser.reads('#history', /agreement \d+ ms/)
      await browser.reads('#topology', /Replica, down for/)
      await browser.reads('#overall', /The master needs attention/)
      // What is new stands out for a moment.
      await eventually('the events to be as the others', async () => {
        expect(await browser.evaluate('document.getAnimations().length')).toBe(0)
      })
      await keep(browser)

      // Everything is said in words and shapes too: marks differ by path, not by colour alone.
      const shapes = await browser.evaluate('new Set([...document.querySelectorAll(".mark path")].map((p) => p.getAttribute("d"))).size')
      expect(shapes).toBeGreaterThan(2)
      expect(browser.errors).toEqual([])
    })
  }, limitFor(1, 90_000))

  it('reconnects after a restart of the sentinel, and the keyboard reaches every master', async () => {
    const masters = Array.from({ length: 12 }, (_, at) => ({ name: `cache-${at + 1}`, replicas: at === 0 ? 1 : 0 }))
    await withHttp({ sentinels: 1, masters, formed: false }, async ({ deployment, url }) => {
      await browser.look(LOOKS['dark'] as Look)
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#masters', /cache-12/)
      await browser.evaluate('document.querySelector("#masters button").focus()')
      await browser.press('Tab', 'Tab', 9)
      await browser.press('Enter', 'Enter', 13)
      const second = await browser.text('#masters li:nth-child(2) b')
      await browser.reads('#head', new RegExp(second))
      expect(await browser.evaluate('document.activeElement.getAttribute("data-key")'), 'the focus stays').toBe(second)
      await browser.evaluate('{ const box = document.getElementById("filter"); box.value = "che-12"; box.dispatchEvent(new Event("input")) }')
      expect(await browser.evaluate('document.querySelectorAll("#masters li").length')).toBe(1)
      await deployment.sentinel(0).kill()
      await browser.reads('#live', /Connecting/)
      browser.errors.length = 0
      await deployment.sentinel(0).start()
      await browser.reads('#live', /Live/)
    })
  }, limitFor(1, 90_000))

  it('shows the first master when its address names none that can be read', async () => {
    await withHttp({ sentinels: 1, replicas: 1 }, async ({ url }) => {
      browser.errors.length = 0
      for (const hash of ['#m=%', '#m=%ff', '#m=constructor', '#m=', '#%']) {
        await browser.goTo('about:blank')
        await browser.goTo(`${url(0)}/${hash}`)
        await browser.reads('#head', /mymaster/)
      }
      expect(browser.errors).toEqual([])
    })
  }, limitFor(1, 60_000))

  it('asks for the token and keeps it to this tab', async () => {
    await withHttp({ sentinels: 1, replicas: 1 }, async ({ url }) => {
      browser.errors.length = 0
      await browser.goTo(`${url(0)}/`)
      await browser.reads('#ask', /Token of the \[http\] section/)
      await enter(browser, 'wrong')
      await browser.reads('#ask', /The sentinel refused this token/)
      await enter(browser, 'open sesame')
      await browser.reads('#head', /mymaster/)
      await browser.reads('#live', /Live/)
      // The browser reports answers of 401 by itself; nothing else may be there.
      expect(browser.errors.filter((error) => !error.includes('401'))).toEqual([])
    }, ['token = open sesame'])
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

async function enter(browser: Browser, token: string): Promise<void> {
  await browser.evaluate(`{ const box = document.getElementById('token'); box.value = ${JSON.stringify(token)}; box.form.requestSubmit() }`)
}

/** All three looks; the wide ones show the same state. */
async function keep(browser: Browser): Promise<void> {
  const folder = process.env['DASHBOARD_SHOTS']
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  for (const [name, look] of Object.entries(LOOKS)) {
    await browser.look(look)
    const image = await browser.screenshot()
    expect(image.length, name).toBeGreaterThan(10_000)
    const width = await browser.evaluate('document.documentElement.scrollWidth')
    expect(await browser.evaluate(ACCESSIBLE), name).toEqual([])
    expect(width, `${name}: nothing sticks out to the side`).toBe(look.width)
    if (folder !== undefined) writeFileSync(join(folder, `${name}.png`), image)
  }
}

/** What a reader of the page can trip over: controls without names, missing landmarks, weak contrast. */
const ACCESSIBLE = `(() => {
  const found = []
  const named = (node) => (node.innerText || node.getAttribute('aria-label') || node.labels?.[0]?.innerText || '').trim()
  for (const node of document.querySelectorAll('button, input, a')) if (node.offsetParent && named(node) === '') found.push('no name: ' + node.outerHTML.slice(0, 80))
  for (const mark of ['header', 'nav', 'main', 'aside', 'h1', 'h2', '[role=log]', '[role=status]']) if (!document.querySelector(mark)) found.push('no ' + mark)
  if (document.documentElement.lang === '') found.push('no language')
  const channel = (value) => { const c = value / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 }
  const light = (rgb) => { const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b) }
  const ground = (node) => { for (let at = node; at; at = at.parentElement) { const colour = getComputedStyle(at).backgroundColor; if (!/, 0\\)$/.test(colour)) return colour } return 'rgb(255,255,255)' }
  for (const node of document.querySelectorAll('#page *')) {
    if (!node.offsetParent || ![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue
    const [one, other] = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a)
    if ((one + 0.05) / (other + 0.05) < 4.5) found.push('contrast ' + ((one + 0.05) / (other + 0.05)).toFixed(2) + ': ' + node.innerText.slice(0, 40))
  }
  return found
})()`
