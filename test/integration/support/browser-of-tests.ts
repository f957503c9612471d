import { afterAll, beforeAll, beforeEach } from 'vitest'

import { Browser } from './browser.ts'
import { LOOKS } from './dashboard-looks.ts'

/**
 * One browser for the tests of a block, each of which begins with an empty page in the light look and no errors on the
 * console. The function that is returned gives the browser to a test.
 */
export function useBrowser(program = ''): () => Browser {
  let browser: Browser | undefined
  const opened = (): Browser => {
    if (browser === undefined) throw new Error('the browser is opened before the first test')
    return browser
  }
  beforeAll(async () => { browser = await Browser.open(program) })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    await opened().look(LOOKS.light)
    await opened().goTo('about:blank')
    opened().errors.length = 0
  })
  return opened
}
