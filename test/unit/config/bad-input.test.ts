import { describe, expect, it } from 'vitest'

import { failureBanner } from '../../../src/config/index.ts'
import { toBytes } from '../../../src/text/index.ts'
import { BAD_INPUT_MATRIX, expectedBanner } from '../../fixtures/config/bad-input-matrix.ts'
import { load } from './load-text.ts'

describe('bad-input matrix (config.md 8)', () => {
  it('has every row once except 63 and 93, which this program accepts on purpose', () => {
    const rows = Array.from({ length: 158 }, (_, index) => index + 1).filter((row) => row !== 63 && row !== 93)
    expect(BAD_INPUT_MATRIX.map(({ row }) => row)).toEqual(rows)
  })

  it.each(BAD_INPUT_MATRIX)('row $row is refused: $reason', (row) => {
    const { file, ours, unresolved, args = [], stdin = '', program = 'redis-sentinel', files = {} } = row
    const result = load(file, { args, stdin, program, files })
    if (ours === 'accepted') {
      expect(result).toMatchObject({ ok: true })
      return
    }
    if (result.ok) throw new Error('it loaded')
    expect(toBytes(failureBanner(result.failure, '7.0.15'))).toBe(expectedBanner(row, ours?.reason ?? row.reason))
    const log = [
      ...stdin === '' ? [] : ['Reading config from stdin'],
      ...unresolved === undefined ? [] : [`Failed to resolve hostname '${unresolved}'`],
    ]
    expect(result.log.map(({ text }) => text)).toEqual(log)
  })
})
