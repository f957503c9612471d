import { expect } from 'vitest'

import { failoverTest, killMaster, VerificationError, type Deployment } from '../../src/harness/vitest.ts'

// redis-1 is preferred: without that, the ids of the replicas decide, and the story differs from run to run.
const test = failoverTest({ replicas: [{ priority: 10 }, {}] })

async function loseMaster(deployment: Deployment): Promise<string> {
  const after = deployment.timeline.position
  const fault = await killMaster(deployment)
  await deployment.waitUntilSettled({ awayFrom: fault.node.address })
  return deployment.timeline.story({ after })
}

const STORY = `redis-0 fault: kill the master
redis-0 killed
+sdown master mymaster redis-0
+odown master mymaster redis-0
+elected-leader master mymaster redis-0
+promoted-slave slave redis-1 @ mymaster redis-0
+switch-master mymaster redis-0 redis-1`

test('a failover has this story', async ({ deployment }) => {
  expect(await loseMaster(deployment)).toBe(STORY)
})

test('the same failover has the same story, which follows the reason in an error', async ({ deployment, writer }) => {
  expect(await loseMaster(deployment)).toBe(STORY)
  const failed: unknown = await writer.verify(deployment.node(1), { expectFailovers: 0 })
    .catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(VerificationError)
  const lines = String(failed).split('\n')
  expect(lines[0]).toMatch(/^VerificationError: 1 failover where 0 were expected, more than the faults explain \(mymaster redis-0 redis-1 at/)
  expect(lines.at(-1)).toMatch(/^ +\d\.\d s {2}\+switch-master mymaster redis-0 redis-1$/)
})
