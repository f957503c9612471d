import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { PACKAGE_MANAGERS } from '../../../src/cli/package-managers.ts'
import { clientToolsHere, ensurePackages, findProgram } from '../../../src/cli/system-packages.ts'

describe('ensurePackages', () => {
  let folder: string
  const path = process.env['PATH']

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-unit-'))
  })
  afterEach(() => {
    process.env['PATH'] = path
    rmSync(folder, { recursive: true, force: true })
  })

  it('prints nothing and does nothing when all programs are installed', async () => {
    program('redis-server')
    process.env['PATH'] = folder
    const said: string[] = []
    await ensurePackages(['redis-server'], (line) => { said.push(line) })
    expect(said).toEqual([])
    expect(findProgram('redis-server')).toBe(join(folder, 'redis-server'))
  })

  it('leaves out clients for which the system has no package, and reports it', () => {
    program('apk')
    program('ruby')
    process.env['PATH'] = folder
    const said: string[] = []
    expect(clientToolsHere((line) => { said.push(line) })).toContain('ruby-redis')
    expect(said).toContain('php-predis has no package for this system; its tests are skipped.')
    program('apt-get')
    expect(clientToolsHere()).toEqual([
      'python3-pytest', 'ruby-redis', 'php-predis', 'hiredis', 'prometheus-redis-exporter', 'promtool', 'haproxy', 'mandoc', 'zsh',
    ])
  })

  function program(name: string): void {
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 0\n')
    chmodSync(join(folder, name), 0o755)
  }
})

describe('package managers', () => {
  it('include apt with a package of every tool, under a name that Debian allows', () => {
    const apt = PACKAGE_MANAGERS.find(({ program }) => program === 'apt-get')
    const names = Object.entries(apt?.packages ?? {})
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter(([, packages = '']) => !/^[a-z\d][a-z\d+.-]+(?: [a-z\d][a-z\d+.-]+)*$/.test(packages))).toEqual([])
  })

  it('all have a package of the Redis server and its client', () => {
    const without = PACKAGE_MANAGERS.filter(({ packages }) => packages['redis-server'] === undefined || packages['redis-cli'] === undefined)
    expect(without.map(({ program }) => program)).toEqual([])
  })

  it('have only scripts that a shell can parse', () => {
    for (const manager of PACKAGE_MANAGERS) {
      const { status, stderr } = spawnSync('sh', ['-n', '-c', manager.script(['one', 'two'])], { encoding: 'utf8' })
      expect(stderr).toBe('')
      expect(status).toBe(0)
      expect(manager.script(['one', 'two'])).toContain('one two')
      expect(manager.byHand(['one', 'two'])).toContain('one two')
    }
  })

  it('include apt with a script that fetches lists only when needed and removes its policy against starting services', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-unit-'))
    try {
      const policy = join(folder, 'policy-rc.d')
      const calls = join(folder, 'calls')
      mkdirSync(join(folder, 'bin'))
      // The first install fails, as on a machine without package lists.
      writeFileSync(join(folder, 'bin', 'apt-get'), [
        '#!/bin/sh',
        `echo "$1 $(cat ${policy} | tail -1)" >> ${calls}`,
        `if [ "$1" = update ]; then touch ${folder}/lists; exit 0; fi`,
        `test -e ${folder}/lists`,
        '',
      ].join('\n'))
      chmodSync(join(folder, 'bin', 'apt-get'), 0o755)
      const apt = PACKAGE_MANAGERS.find(({ program }) => program === 'apt-get')
      const script = (apt?.script(['redis-server']) ?? '').replaceAll('/usr/sbin/policy-rc.d', policy)
      const { status } = spawnSync('sh', ['-c', script], {
        env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
      })
      expect(status).toBe(0)
      expect(readFileSync(calls, 'utf8')).toBe('install exit 101\nupdate exit 101\ninstall exit 101\n')
      expect(existsSync(policy)).toBe(false)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
