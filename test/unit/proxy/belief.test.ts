import { describe, expect, it } from 'vitest'

import { judge, type Opinion } from '../../../src/proxy/topology/belief.ts'

const OLD = { host: '10.0.0.1', port: 6379 }
const NEW = { host: '10.0.0.2', port: 6379 }
const UNKNOWN: Opinion = { kind: 'unknown-name' }
const GONE: Opinion = { kind: 'unreachable' }
const names = (address: typeof OLD): Opinion => ({ kind: 'names', address })

describe('the address of the master', () => {
  it('is believed when a majority of the configured sentinels names it', () => {
    expect(judge([names(NEW), names(NEW), names(OLD)], undefined)).toMatchObject({
      believed: { address: NEW, by: 'majority' }, hasMajority: true,
    })
    expect(judge([names(NEW), names(NEW), GONE], undefined)).toMatchObject({
      believed: { address: NEW }, isUnsettled: false,
    })
  })

  it('is not believed because one sentinel of three names it', () => {
    expect(judge([names(NEW), names(OLD), names(OLD)], undefined).believed?.address).toEqual(OLD)
    expect(judge([names(NEW), names(OLD), GONE], NEW)).toMatchObject({
      believed: undefined, toVerify: undefined, isUnsettled: true,
    })
  })

  it('is verified by the node where only a majority of the reachable sentinels names it', () => {
    expect(judge([names(NEW), GONE, GONE], undefined)).toMatchObject({
      believed: undefined, toVerify: NEW, hasMajority: false, reachable: 1,
    })
    expect(judge([names(NEW), GONE, GONE], NEW)).toMatchObject({ believed: { address: NEW, by: 'role' } })
    expect(judge([names(NEW), GONE, GONE], OLD)).toMatchObject({ believed: undefined, toVerify: NEW })
  })

  it('is verified where a majority answers without being of one mind', () => {
    expect(judge([names(NEW), names(NEW), names(OLD), GONE, GONE], undefined)).toMatchObject({
      believed: undefined, toVerify: NEW, hasMajority: true,
    })
  })

  it('is not supported by sentinels that do not know the name, although they are reachable', () => {
    expect(judge([names(NEW), UNKNOWN, UNKNOWN], NEW)).toMatchObject({
      believed: undefined, toVerify: undefined, reachable: 3, hasMajority: true,
    })
  })

  it('is unknown where no sentinel answers', () => {
    expect(judge([GONE, GONE, GONE], OLD)).toEqual({
      reachable: 0, hasMajority: false, believed: undefined, toVerify: undefined, isUnsettled: true,
    })
  })

  it('needs both sentinels of two, and the only one of one', () => {
    expect(judge([names(NEW), names(OLD)], NEW).believed).toBeUndefined()
    expect(judge([names(NEW), names(NEW)], undefined).believed?.by).toBe('majority')
    expect(judge([names(NEW)], undefined).believed?.by).toBe('majority')
  })
})
