/** The form of transcripts (test/scenarios/transcripts). */
import { describe, expect, it } from 'vitest'

import { readDeployment } from '../../scenarios/support/deployment.ts'
import { parseScript, scriptText } from '../../scenarios/support/script.ts'
import { readDuration, readFields } from '../../scenarios/support/words.ts'

const TEXT = '# A master dies.\n\ndeployment seed=1\nkill m\n----\nm\n  was killed\n\nrun 1s\n----\n'

describe('a transcript', () => {
  it('is read as a title and blocks, and written in the same form', () => {
    const script = parseScript('x.txt', TEXT)
    expect(script).toEqual({
      title: 'A master dies.',
      blocks: [
        { commands: ['deployment seed=1', 'kill m'], output: ['m', '  was killed'] },
        { commands: ['run 1s'], output: [] },
      ],
    })
    expect(scriptText(script)).toBe(TEXT)
  })

  it('without a sentence in its first line is refused', () => {
    expect(() => parseScript('x.txt', 'kill m\n----\n')).toThrow('x.txt: the first line must be "# " and a sentence')
  })

  it('with a block that has no output line is refused', () => {
    expect(() => parseScript('x.txt', '# A master dies.\n\nkill m\n')).toThrow('x.txt: no commands, or no line "----"')
  })
})

describe('the commands of a transcript', () => {
  it('have durations with a unit', () => {
    expect([readDuration('8s'), readDuration('500ms')]).toEqual([8000, 500])
    expect(() => readDuration('8')).toThrow('no duration such as 8s or 500ms: "8"')
  })

  it('have fields of JSON, epochs or plain text', () => {
    expect(readFields(['node=r1', 'ms=15', 'withData=true', 'side=["s1","m"]', 'epoch=3n', 'host=10.0.0.1', 'payload=10.0.0.3,1'])).toEqual({
      node: 'r1', ms: 15, withData: true, side: ['s1', 'm'], epoch: 3n, host: '10.0.0.1', payload: '10.0.0.3,1',
    })
  })

  it('refuse a setting of the deployment that does not exist', () => {
    expect(() => readDeployment(['seeds=1'])).toThrow('deployment: unknown setting seeds')
  })
})
