/** Alerts, the dashboard and scripts link to docs/troubleshooting.md by the code of a finding. */
import { describe, expect, it } from 'vitest'

import { FINDING_CODES, SENTINEL_FINDING_CODES } from '../../src/explain/index.ts'
import { minimumRights, PEER_RIGHTS } from '../../src/explain/minimum-rights.ts'
import { anchors } from './links.ts'
import { readProjectFile } from './project-files.ts'

describe('docs/troubleshooting.md', () => {
  it('has a heading for the code of each finding', () => {
    const known = new Set(anchors(readProjectFile('docs/troubleshooting.md')))
    expect([...FINDING_CODES, ...SENTINEL_FINDING_CODES].filter((code) => !known.has(code))).toEqual([])
  })
})

describe('the rules of ACL SETUSER in findings', () => {
  const rules = (user: string): string[] => {
    const line = readProjectFile('docs/hardening.md').split('\n').find((one) => one.startsWith(`user ${user} `)) ?? ''
    return line.split(' ').filter((word) => /^[+&]/.test(word))
  }

  it('are the minimum permissions of docs/hardening.md', () => {
    expect([...minimumRights('6.2.14')].toSorted()).toEqual(rules('watcher').toSorted())
    expect([...PEER_RIGHTS].toSorted()).toEqual(rules('peer').toSorted())
  })

  it('have only what the release of the node knows', () => {
    expect(minimumRights('6.0.16')).not.toContain('&__sentinel__:hello')
    expect(minimumRights('7.2.4')).toContain('+function|kill')
    expect(minimumRights(undefined, { coordinated: true })).toContain('+failover')
  })
})
