/** A file that is mounted by itself, as with `docker run --volume FILE:FILE`, is told from one in a mounted folder. */
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

import { isMountPoint } from '../../../../src/cli/check/check-environment.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ts-sentinel mount-')))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const [mounted, beside, link, mountInfo] = ['sentinel.conf', 'other.conf', 'link.conf', 'mountinfo'].map((name) => join(folder, name)) as
  [string, string, string, string]
for (const file of [mounted, beside]) writeFileSync(file, '')
symlinkSync(mounted, link)
// Blanks are written as octal numbers there.
writeFileSync(mountInfo, [
  '22 1 8:1 / / rw,relatime - ext4 /dev/root rw',
  `36 22 8:1 ${folder.replaceAll(' ', '\\040')} ${folder.replaceAll(' ', '\\040')} rw,relatime - ext4 /dev/root rw`,
  `37 36 8:1 /srv/s.conf ${mounted.replaceAll(' ', '\\040')} rw,relatime - ext4 /dev/root rw`, '',
].join('\n'))

it('a file that is a mount point is reported, also through a symbolic link', () => {
  expect([mounted, link].map((file) => isMountPoint(file, mountInfo))).toEqual([true, true])
})

it('a file in a mounted folder and a missing file are not reported', () => {
  expect([beside, join(folder, 'nothing')].map((file) => isMountPoint(file, mountInfo))).toEqual([false, false])
})

it('no file is reported where there is no list of mounts', () => {
  expect(isMountPoint(mounted, join(folder, 'nothing'))).toBe(false)
})
