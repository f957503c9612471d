import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { removePidFile, writePidFile } from '../../../src/daemon/pid-file.ts'

it('a pid file has the pid and a line end, can be removed twice, and a failure is reported with its reason', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pid-file-'))
  try {
    const path = join(folder, 'x.pid')
    expect(writePidFile(path, 4711)).toBeUndefined()
    expect(readFileSync(path, 'utf8')).toBe('4711\n')
    removePidFile(path)
    removePidFile(path)
    expect(existsSync(path)).toBe(false)
    expect(writePidFile(join(folder, 'none', 'x.pid'), 1)).toMatch(/no such file or directory/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
