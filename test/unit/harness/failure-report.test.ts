import { describe, expect, it } from 'vitest'

import type { Deployment } from '../../../src/harness/deployment.ts'
import { failureReport } from '../../../src/harness/failure-report.ts'
import { Timeline } from '../../../src/harness/timeline.ts'

const ID = 'a'.repeat(40)
const SWITCH = 'mymaster 127.0.0.1 7000 127.0.0.1 7001'

/** The parts of a deployment that a report needs. */
function deploymentWith(timeline: Timeline): Deployment {
  const process = (name: string, port: number): object => {
    timeline.nameAddress({ host: '127.0.0.1', port }, name)
    return { name, address: { host: '127.0.0.1', port }, kind: 'ours' }
  }
  return {
    timeline, writers: [], nodes: [process('redis-0', 7000), process('redis-1', 7001)], sentinels: [process('sentinel-0', 7002)],
  } as unknown as Deployment
}

describe('the report of a test that failed', () => {
  it('has names instead of addresses and ids, and the time since the first fault', () => {
    const timeline = new Timeline()
    const deployment = deploymentWith(timeline)
    timeline.mark('redis-0', 'started')
    timeline.event('sentinel-0', '+sentinel', `sentinel ${ID} 127.0.0.1 7002 @ mymaster 127.0.0.1 7000`)
    const { position: after } = timeline
    // One that arrives late.
    timeline.event('sentinel-1', '+sentinel', `sentinel ${ID} 127.0.0.1 7002 @ mymaster 127.0.0.1 7000`)
    timeline.mark('redis-0', 'killed')
    timeline.event('sentinel-0', '+vote-for-leader', `${ID} 1`)
    timeline.event('sentinel-0', '+switch-master', SWITCH)
    timeline.end()
    const report = failureReport(deployment, { after })
    expect(report).toMatch(/^On one time axis:\n +0 s/)
    expect(report).not.toContain('application')
    expect(report).not.toContain('+sentinel')
    expect(report.split('\n\n')[1]?.split('\n')).toEqual([
      'The last events, in milliseconds after the first fault:',
      '      0 ms  redis-0      killed',
      expect.stringMatching(/^ +\d+ ms {2}sentinel-0 {3}\+vote-for-leader sentinel-0 1$/),
      expect.stringMatching(/^ +\d+ ms {2}sentinel-0 {3}\+switch-master mymaster redis-0 redis-1$/),
    ])
    expect(report).toMatch(/The processes: redis-0 127\.0\.0\.1:7000, redis-1 127\.0\.0\.1:7001, sentinel-0 127\.0\.0\.1:7002 \(ours\)$/)
  })

  it('mentions that nothing happened when there was neither an event nor a fault', () => {
    const timeline = new Timeline()
    expect(failureReport(deploymentWith(timeline))).toMatch(/^No sentinel reported an event, and the harness caused no fault\.\n/)
  })
})
