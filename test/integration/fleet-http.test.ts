/** `/fleet` over real sentinels: ours, an original one, a dead one, with passwords and TLS. */
import { describe, expect, it } from 'vitest'

import type { StatusDocument } from '../../src/documents/index.ts'
import { eventually, formatAddress, type DeploymentOptions } from '../../src/harness/index.ts'
import { readDocument } from '../documents/read-document.ts'
import { limitFor } from './support/settings.ts'
import { withHttp, type HttpDeployment } from './support/settings-file.ts'

async function fleet({ url }: HttpDeployment, sentinel = 0): Promise<StatusDocument> {
  const reply = await fetch(`${url(sentinel)}/fleet`)
  return readDocument('fleet', await reply.text())
}

const FLEETS: readonly (readonly [string, DeploymentOptions])[] = [
  ['without passwords', {}], ['with passwords', { password: 'secret', sentinelPassword: 'other' }], ['with TLS', { tls: true }],
]

describe('/fleet', () => {
  it.each(FLEETS)('shows from every sentinel what all report, and why a dead one does not answer: %s', async (_title, options) => {
    await withHttp({ sentinels: ['ours', 'ours', 'genuine'], replicas: 1, ...options }, async (given) => {
      const { deployment, url } = given
      for (const at of [0, 1]) {
        const { sentinels, masters } = await fleet(given, at)
        const byAddress = new Map(sentinels.map((one) => [one.address, one]))
        const expected = deployment.sentinels.map(({ address }, number) => byAddress.get(formatAddress(address))
          ?? expect.fail(`sentinel ${number} is missing in ${JSON.stringify(sentinels)}`))
        expect(expected.map(({ kind }) => kind)).toEqual(['ts-sentinel', 'ts-sentinel', 'original'])
        expect(expected.map(({ page }) => page)).toEqual([`${url(0)}/`, `${url(1)}/`, null])
        expect(masters).toMatchObject([{ name: 'mymaster', agreed: true, findings: [] }])
        expect(masters[0]?.views).toHaveLength(3)
      }
      await deployment.sentinel(1).kill()
      const dead = formatAddress(deployment.sentinel(1).address)
      await eventually('the dead sentinel to be shown', async () => {
        const { sentinels, masters } = await fleet(given)
        expect(sentinels.find(({ address }) => address === dead)).toMatchObject({ answers: false, problem: 'Connection refused' })
        expect(masters[0]?.findings.map(({ about }) => about)).toContain(dead)
      })
    })
  }, limitFor(1, 60_000))
})
