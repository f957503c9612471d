/** The addresses of the parts of the dashboard. */
import { describe, expect, it } from 'vitest'

import { hashOf, HOME, placeOf, type Place } from '../../../../src/http/dashboard/browser/place.ts'

describe('the address of a part of the dashboard', () => {
  it.each<[string, Place]>([
    ['#/', HOME],
    ['#/?find=10.0.0.1&state=down', { page: 'masters', find: '10.0.0.1', group: 'down' }],
    ['#/master/a%2Fb%20c', { page: 'master', name: 'a/b c' }],
    ['#/sentinels', { page: 'sentinels' }],
  ])('%s leads there and back', (hash, place) => {
    expect(placeOf(hash)).toEqual(place)
    expect(hashOf(place)).toBe(hash)
  })

  it('of an earlier release still leads to its master', () => {
    expect(placeOf('#m=my%20master')).toEqual({ page: 'master', name: 'my master' })
  })

  it.each(['', '#', '#%', '#m=%ff', '#m=', '#/master/', '#/master/%', '#/?state=constructor'])('that names nothing leads to the list: %s', (hash) => {
    expect(placeOf(hash)).toEqual(HOME)
  })
})
