import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'

import { inheritedDescriptors } from '../../../src/scripts/inherited-descriptors.ts'

describe('descriptors that children would inherit', () => {
  const opened: number[] = []

  afterEach(() => { for (const descriptor of opened.splice(0)) closeSync(descriptor) })

  it('do not include those that Node opens', () => {
    const before = inheritedDescriptors()
    opened.push(openSync(devNull, 'r'), openSync(devNull, 'w'))
    expect(inheritedDescriptors()).toEqual(before)
  })

  it('are exactly those that a child has beside its standard streams', () => {
    const listed = spawnSync('/bin/ls', ['-l', '/proc/self/fd'], { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.toString()
    const inChild = listed.split('\n').flatMap((line) => {
      const [, descriptor, target] = /(\d+) -> (.*)$/.exec(line) ?? []
      return descriptor === undefined || Number(descriptor) < 3 || target?.startsWith('/proc/') ? [] : [Number(descriptor)]
    })
    expect(inheritedDescriptors()).toEqual(inChild)
  })
})
