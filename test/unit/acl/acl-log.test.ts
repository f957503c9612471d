import { describe, expect, it } from 'vitest'

import { AclLog, type Refusal } from '../../../src/acl/index.ts'

const refused = (object: string, more: Partial<Refusal> = {}): Refusal =>
  ({ reason: 'command', object, user: 'bob', clientInfo: 'id=1', ...more })

describe('the log of refusals', () => {
  it('counts equal refusals within a minute as one, which becomes the newest', () => {
    const log = new AclLog(10)
    log.add(refused('info'), 1_000)
    log.add(refused('role'), 2_000)
    log.add(refused('info', { clientInfo: 'id=2' }), 61_000)
    expect(log.entries(10)).toEqual([
      { ...refused('info', { clientInfo: 'id=2' }), count: 2, id: 0, createdAt: 1_000, updatedAt: 61_000 },
      { ...refused('role'), count: 1, id: 1, createdAt: 2_000, updatedAt: 2_000 },
    ])
    log.add(refused('role'), 62_001)
    expect(log.entries(10).map(({ object, count, id }) => [object, count, id])).toEqual([['role', 1, 2], ['info', 2, 0], ['role', 1, 1]])
  })

  it('has different entries for different reasons, users and spellings', () => {
    const log = new AclLog(10)
    for (const entry of [refused('x'), refused('X'), refused('x', { reason: 'channel' }), refused('x', { user: 'al' })]) log.add(entry, 0)
    expect(log.entries(10)).toHaveLength(4)
  })

  it('is limited to acllog-max-len entries', () => {
    const log = new AclLog(2)
    for (const object of ['a', 'b', 'c']) log.add(refused(object), 0)
    expect(log.entries(10).map(({ object }) => object)).toEqual(['c', 'b'])
    expect(log.entries(1)).toHaveLength(1)
    log.clear()
    expect(log.entries(10)).toEqual([])
    const none = new AclLog(0)
    none.add(refused('a'), 0)
    expect(none.entries(10)).toEqual([])
  })
})
