import { describe, expect, it } from 'vitest'

import { belowInit } from '../../../src/cli/launch/init-process.ts'

const COMMAND = ['/usr/bin/node', 'ts-sentinel.js', 'sentinel.conf']
const only = (...programs: string[]) => (program: string) => programs.includes(program) ? `/usr/bin/${program}` : undefined

describe('process 1 of a container', () => {
  it('runs the sentinel below tini where there is one', () => {
    expect(belowInit(COMMAND, only('tini', 'perl'), 'x64')).toEqual(['/usr/bin/tini', '-s', '--', ...COMMAND])
  })

  it('runs the sentinel below a few lines of Perl where there is no tini', () => {
    const [perl, , script = '', ...rest] = belowInit(COMMAND, only('perl'), 'arm64') ?? []
    expect(perl).toBe('/usr/bin/perl')
    expect(script).toContain('syscall(167, 36, 1')
    expect(rest).toEqual(['--', ...COMMAND])
  })

  it('runs the sentinel itself where there is neither, or the system call is not known', () => {
    expect(belowInit(COMMAND, only(), 'x64')).toBeUndefined()
    expect(belowInit(COMMAND, only('perl'), 'riscv64')).toBeUndefined()
  })
})
