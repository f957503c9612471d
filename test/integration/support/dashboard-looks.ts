/** How the dashboard looks in a browser: checked for accessibility, and kept as pictures on request. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'vitest'

import type { Browser, Look } from './browser.ts'

export const LOOKS = {
  light: { width: 1440, height: 1060, scheme: 'light' },
  dark: { width: 1440, height: 1060, scheme: 'dark' },
  phone: { width: 390, height: 844, scheme: 'light' },
} as const satisfies Readonly<Record<string, Look>>

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Rules of axe-core that the page breaks, with the elements. */
const VIOLATIONS = `(async () => {
  for (const animation of document.getAnimations()) animation.cancel()
  const { violations } = await axe.run(document)
  return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | '))
})()`

/**
 * Checks the page in all looks: axe-core finds nothing, nothing sticks out to the side, and there was no error on the
 * console but those of `expected`. `DASHBOARD_SHOTS=<folder>` keeps the pictures as `<scene>-<look>.png`.
 */
export async function expectGoodLooks(browser: Browser, scene: string, expected = /^$/): Promise<void> {
  const folder = process.env['DASHBOARD_SHOTS']
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  await browser.evaluate(`${AXE};0`)
  for (const [name, look] of Object.entries(LOOKS)) {
    await browser.look(look)
    const image = await browser.screenshot()
    if (folder !== undefined) writeFileSync(join(folder, `${scene}-${name}.png`), image)
    expect(await browser.evaluate(VIOLATIONS), `${scene}, ${name}`).toEqual([])
    const width = await browser.evaluate('document.documentElement.scrollWidth')
    expect(width, `${scene}, ${name}: nothing sticks out to the side`).toBe(look.width)
  }
  await browser.look(LOOKS.light)
  expect(browser.errors.filter((error) => !expected.test(error)), scene).toEqual([])
}

/** The browser reports requests without an answer by itself. */
export const LOST_CONNECTION = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING/
