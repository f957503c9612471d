import { expect } from 'vitest'
import { eventually, failoverTest, isolateMaster } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ network: 'relayed', replicas: 1, redisConfig: ['min-replicas-max-lag 1'] })

test('an isolated master refuses writes with min-replicas-to-write', async ({ deployment }) => {
  const { node: old } = await isolateMaster(deployment)
  await deployment.timeline.waitFor({ event: '+switch-master' })
  // Now two masters take writes, and those of the old one will be lost.
  expect(await old.call(['SET', 'without', 'x'])).toBe('OK')

  await old.call(['CONFIG', 'SET', 'min-replicas-to-write', '1'])
  await eventually('the refusal', () => expect(old.call(['SET', 'with', 'x'])).rejects.toThrow(/^NOREPLICAS/))

  deployment.network?.heal()
  const { master } = await deployment.waitUntilSettled({ awayFrom: old.address })
  expect(await master.call(['EXISTS', 'without', 'with'])).toBe(0)
})
