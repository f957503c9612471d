/** The files that come along, tried with the programs that they are for. What is not installed is left out. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { findProgram } from '../../src/cli/system-packages.ts'
import { ALERTS, PROXY_ALERTS } from './alerts/rehearse.ts'
import { manualMetrics } from '../tidy/manual.ts'
import { optionsOf, tools } from '../tidy/public-names.ts'

const PACKAGES: Readonly<Record<string, string>> = {
  'promtool': 'prometheus', 'systemd-analyze': 'systemd', 'mandoc': 'mandoc', 'man': 'man-db', 'bash': 'bash', 'zsh': 'zsh',
  'haproxy': 'haproxy',
}

type Skip = (note: string) => never

/** The program's path; leaves the test out when it is not installed. */
function needs(program: string, skip: Skip): string {
  return findProgram(program) ?? skip(`${program} is not installed (Debian: apt install ${PACKAGES[program] ?? program})`)
}

interface Ran {
  readonly status: number | null
  readonly output: string
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(program, [...args], {
    encoding: 'utf8', timeout: 30_000, env: { ...process.env, ...env },
  })
  return { status, output: error?.message ?? `${stdout}${stderr}` }
}

const example = (name: string): string => readFileSync(`conf/examples/${name}`, 'utf8')

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-shipped-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('Prometheus and Grafana', () => {
  it('promtool accepts the scrape configuration and the alerts', ({ skip }) => {
    const promtool = needs('promtool', skip)
    expect(run(promtool, ['check', 'config', 'conf/examples/prometheus.yml'])).toMatchObject({ status: 0 })
    for (const rules of [ALERTS, PROXY_ALERTS]) expect(run(promtool, ['check', 'rules', '--lint-fatal', rules])).toMatchObject({ status: 0 })
  })

  it('promtool accepts what the dashboard of Grafana asks', ({ skip }) => {
    const promtool = needs('promtool', skip)
    const { panels, annotations } = JSON.parse(example('grafana-dashboard.json')) as {
      readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[]
      readonly annotations: { readonly list: readonly { readonly expr: string }[] }
    }
    const asked = [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list].map(({ expr }) => (
      expr.replaceAll(/\$__\w+/g, '5m').replaceAll(/\$\w+/g, '.*')
    ))
    expect(asked.length).toBeGreaterThan(20)
    const rules = asked.map((expr, at) => ({ record: `asked_${at}`, expr }))
    const file = write('dashboard.yml', JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    expect(run(promtool, ['check', 'rules', file])).toMatchObject({ status: 0 })
  })
})

describe('systemd', () => {
  it.for(['ts-sentinel.service', 'ts-sentinel-proxy.service'])('systemd-analyze accepts %s', (name, { skip }) => {
    const analyze = needs('systemd-analyze', skip)
    // The program is not installed where the unit looks for it.
    const unit = example(name).replace('/usr/local/bin/ts-sentinel', process.execPath)
    const { status, output } = run(analyze, ['verify', '--man=no', write(name, unit)])
    expect(output.split('\n').filter((line) => line.includes('ts-sentinel'))).toEqual([])
    expect(status).toBe(0)
  })
})

describe('the manual page', () => {
  it.for(['conf/man/ts-sentinel.1', 'conf/man/ts-sentinel-proxy.1'])('has no warnings of mandoc: %s', (page, { skip }) => {
    const { status, output } = run(needs('mandoc', skip), ['-T', 'lint', page])
    expect(output).toBe('')
    expect(status).toBe(0)
  })

  it('is shown by man without warnings', ({ skip }) => {
    const { status, output } = run(needs('man', skip), ['--warnings', '--local-file', 'conf/man/ts-sentinel.1'], {
      LC_ALL: 'C.UTF-8', MANWIDTH: '100', PAGER: 'cat',
    })
    expect(output).toMatch(/^TS-SENTINEL\(1\)/)
    expect(output).not.toMatch(/^(?:\S*:\d+: |troff|groff|an-)/m)
    expect(status).toBe(0)
    for (const name of manualMetrics().keys()) expect(output).toContain(` ${name}\n`)
  })
})

describe('completion', () => {
  /** What bash offers for the last of these words. */
  function offered(bash: string, ...words: readonly string[]): string[] {
    const script = 'source conf/completion/ts-sentinel.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ts_sentinel; printf "%s\\n" "${COMPREPLY[@]}"'
    const { status, output } = run(bash, ['--norc', '-c', script, 'bash', 'ts-sentinel', ...words])
    expect(status, output).toBe(0)
    return output.split('\n').filter((line) => line !== '').sort()
  }

  it('bash offers tools, options and scenarios, and files for options that take one', ({ skip }) => {
    const bash = needs('bash', skip)
    expect(run(bash, ['--norc', '-c', 'source conf/completion/ts-sentinel.bash; complete -p ts-sentinel']))
      .toEqual({ status: 0, output: 'complete -F _ts_sentinel ts-sentinel\n' })
    expect(offered(bash, '')).toEqual(expect.arrayContaining(tools()))
    for (const tool of tools()) expect(offered(bash, tool, '-')).toEqual(optionsOf(tool))
    expect(offered(bash, 'drill', '--scenario', 're')).toEqual(['reset-then-master-loss'])
    expect(offered(bash, 'check', 'conf/sen')).toEqual(['conf/sentinel.conf'])
    expect(offered(bash, 'sentinel.conf', '--settings', 'conf/ts-s')).toEqual(['conf/ts-sentinel.ini'])
  })

  it('zsh loads its file', ({ skip }) => {
    expect(run(needs('zsh', skip), ['-n', 'conf/completion/_ts-sentinel'])).toEqual({ status: 0, output: '' })
  })
})
