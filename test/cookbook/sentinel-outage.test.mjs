import { expect } from 'vitest'
import { failoverTest, killMaster } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: [{ priority: 10 }, {}] })

test('clients write without sentinels, but a failover needs the majority', async ({ deployment, writer }) => {
  const [first, second] = deployment.sentinels
  await Promise.all([first?.kill(), second?.kill()])
  await writer.nextAcknowledged()

  const { node, position: after } = await killMaster(deployment)
  await deployment.timeline.waitFor({ event: '+sdown', text: /^master /, after })
  await first?.start()
  const { master } = await deployment.waitUntilSettled({ awayFrom: node.address })
  await writer.verify(master, { requireRecovery: true, expectFailovers: 1 })
  const story = deployment.timeline.story({ after }).split('\n').filter((line) => !line.startsWith('-failover-abort'))
  expect(story).toEqual([
    'redis-0 fault: kill the master',
    'redis-0 killed',
    '+sdown master mymaster redis-0',
    'sentinel-0 started',
    '+odown master mymaster redis-0',
    '+elected-leader master mymaster redis-0',
    '+promoted-slave slave redis-1 @ mymaster redis-0',
    '+switch-master mymaster redis-0 redis-1',
  ])
})
