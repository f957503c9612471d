/** The alerts about sentinels and fleets: for each trouble exactly what fires, with the cause first. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { alertNames, ALERTS, expectFiring, hasPromtool, PROXY_ALERTS, type Firing } from './alerts/rehearse.ts'
import { Fleets, from, minute, since } from './alerts/series.ts'

const ofFleet = (alert: string, severity: Firing['severity'], summary: string, fleet = 'f1'): Firing => (
  { alert, severity, labels: { fleet }, summary }
)
const ofSentinel = (alert: string, summary: string, { instance = 's3:26380', ...labels }: Record<string, string> = {}): Firing => (
  { alert, severity: 'warning', labels: { instance, job: 'ts-sentinel', ...labels }, summary }
)

describe.runIf(hasPromtool)('a healthy fleet', () => {
  it('raises nothing, whatever its counters had counted before', () => {
    const fleets = new Fleets().add().set('failovers_total', { outcome: 'aborted' }, () => 3)
      .set('master_crashes_detected_total', {}, () => 2).set('script_failures_total', {}, () => 3)
    for (const at of [1, 15, 50]) expectFiring(fleets, at, [])
  })

  it('raises nothing beside another fleet with the same master name', () => {
    const other = { sentinels: ['t1:26380', 't2:26380', 't3:26380'], id: 'f2', address: '10.9.0.1:6379', replicas: ['10.9.0.2:6379'] }
    expectFiring(new Fleets().add().add(other), 10, [])
    const named = new Fleets().add({ target: { fleet: 'shop' } }).add({ ...other, target: { fleet: 'billing' } })
    expectFiring(named, 10, [])
  })

  it('raises nothing where a target label names the fleet differently, and the label is on the alerts', () => {
    const fleets = new Fleets().add({ target: { fleet: 'shop' } }).set('master_foreign_nodes', {}, from(5, 2))
    expectFiring(fleets, 6, [{
      alert: 'SentinelForeignNode', severity: 'critical', labels: { fleet: 'shop', master_name: 'm' },
      summary: '2 nodes of m hold the data of another deployment: their addresses are used again, or they were pointed to another master',
    }])
  })
})

describe.runIf(hasPromtool)('sentinels that are gone', () => {
  const three = ['s1:26380', 's2:26380', 's3:26380']

  it('are a warning that names the one that is gone', () => {
    const fleets = new Fleets().add().end('s3:26380', 5).set('master_ok_sentinels', {}, from(5, 2, 3)).end('s3:26380', 5)
    expectFiring(fleets, 20, [ofSentinel('SentinelGone', 'The sentinel s3:26380 is gone or cannot be scraped: fewer are left to agree and to vote')])
  })

  it('are one critical alert when all of them are gone, for as long as they are', () => {
    const fleets = new Fleets().add()
    for (const instance of three) fleets.end(instance, 5)
    const all = ofFleet(
      'SentinelsAllGone', 'critical', 'All sentinels are gone (fleet f1): no failover is possible, and new clients find no master',
    )
    expectFiring(fleets, 7, [all])
    expectFiring(fleets, 60, [all])
  })

  it('are one critical alert when all sentinels of one of two fleets are gone', () => {
    const fleets = new Fleets().add().add({ sentinels: ['t1:26380', 't2:26380', 't3:26380'], id: 'f2' })
    for (const instance of three) fleets.end(instance, 5)
    expectFiring(fleets, 20, [ofFleet(
      'SentinelsAllGone', 'critical', 'All sentinels are gone (fleet f1): no failover is possible, and new clients find no master',
    )])
  })

  it('are one critical alert when they were never there, or are no targets any more', () => {
    const never = new Fleets()
    for (const instance of three) never.set('up', { instance, job: 'ts-sentinel' }, () => 0)
    const summary = 'All sentinels are gone: no failover is possible, and new clients find no master'
    const firing: Firing = { alert: 'SentinelsAllGone', severity: 'critical', labels: { job: 'ts-sentinel' }, summary }
    expectFiring(never, 5, [firing])
    expectFiring(new Fleets().set('up_of_another_job', {}, () => 1), 5, [firing])
  })

  it('are a warning when one is down that is not scraped', () => {
    const fleets = new Fleets().add({ sentinels: ['s1:26380', 's2:26380'] }).set('master_sentinels', {}, () => 3)
      .set('master_ok_sentinels', {}, () => 2)
    const peer = { master_name: 'm', ip: '10.0.0.13', port: '26379', flags: 's_down,sentinel' }
    for (const instance of ['s1:26380', 's2:26380']) fleets.set('peer_info', { instance, ...peer }, () => 1)
    expectFiring(fleets, 8, [ofFleet(
      'SentinelPeersLost', 'warning',
      'A sentinel that is not scraped is down: 10.0.0.13:26379. It counts for the majority until it is forgotten',
    )])
  })

  it('are a warning when one is started again and again', () => {
    const restarts = (scrape: number): number => 1_700_000_000 + 60 * Math.floor(scrape / minute(2))
    const fleets = new Fleets().add().set('process_start_time_seconds', { instance: 's3:26380' }, restarts)
    expectFiring(fleets, 20, [ofSentinel('SentinelRestarts', 'The sentinel s3:26380 ends and is started again and again')])
    const once = new Fleets().add().set('process_start_time_seconds', { instance: 's3:26380' }, from(5, 1_700_000_300, 1_700_000_000))
    expectFiring(once, 20, [])
  })
})

describe.runIf(hasPromtool)('a fleet without quorum', () => {
  it('is one critical alert for all its masters, although the message changes all the time', () => {
    const fleets = new Fleets().add().loseQuorum(5).set('master_ok_sentinels', {}, from(5, 1, 3))
    expectFiring(fleets, 5.5, [])
    expectFiring(fleets, 8, [ofFleet(
      'SentinelNoQuorum', 'critical', 'Too few sentinels reach each other: no failover is possible for m',
    )])
  })

  it('is only a warning that names the sentinel where one alone is cut off, also after the others have failed over', () => {
    const alone = { instance: 's3:26380' }
    const fleets = new Fleets().add().loseQuorum(5, ['s3:26380']).set('master_ok_sentinels', {}, from(5, 2, 3))
      .set('master_ok_sentinels', alone, from(5, 1, 3)).loseMaster(5, { instances: ['s3:26380'], agreed: false })
      .set('replica_up', alone, from(5, 0, 1)).set('replica_link_up', alone, from(5, 0, 1))
      .set('master_ok_slaves', alone, from(5, 0, 2)).set('master_failover_blocked', { ...alone, reason: 'replica_down' }, from(5, 1))
      .set('master_failover_blocked', { ...alone, reason: 'no_majority' }, from(5, 1))
    const summary = 'The sentinel s3:26380 does not reach the other sentinels, which work: it takes no part in failovers, and its clients may get an outdated master'
    const isolated = ofSentinel('SentinelIsolated', summary, { fleet: 'f1' })
    expectFiring(fleets, 20, [isolated])
    for (const instance of ['s1:26380', 's2:26380']) {
      const labels = { instance, master_name: 'm', master_status: 'ok' }
      fleets.set('master_status', { ...labels, master_address: '10.0.0.1:6379' }, (scrape) => scrape < minute(10) ? 1 : undefined)
      fleets.set('master_status', { ...labels, master_address: '10.0.0.2:6379' }, (scrape) => scrape < minute(10) ? undefined : 1)
    }
    expectFiring(fleets, 20, [isolated])
  })
})

describe.runIf(hasPromtool)('sentinels that disagree', () => {
  it('are a critical alert with both addresses', () => {
    const other = { instance: 's3:26380', master_name: 'm', master_status: 'ok' }
    const fleets = new Fleets().add().set('master_disagreement_seconds', {}, since(5))
      .set('master_status', { ...other, master_address: '10.0.0.1:6379' }, () => undefined)
      .set('master_status', { ...other, master_address: '10.0.0.7:6379' }, () => 1)
    expectFiring(fleets, 8, [{
      alert: 'SentinelsDisagree', severity: 'critical', labels: { fleet: 'f1', master_name: 'm' },
      summary: 'Sentinels of one fleet name 2 masters for m: 10.0.0.1:6379 10.0.0.7:6379. Writes to one of them will be lost',
    }])
  })

  it('are a warning where the other one is not scraped', () => {
    const fleets = new Fleets().add().set('master_disagreement_seconds', {}, since(5))
    expectFiring(fleets, 8, [{
      alert: 'SentinelHearsDisagreement', severity: 'warning', labels: { fleet: 'f1', master_name: 'm' },
      summary: 'A sentinel names another master for m in its messages, and has done so for 3m 0s',
    }])
  })
})

describe.runIf(hasPromtool)('a sentinel in trouble', () => {
  const alone = { instance: 's3:26380' }

  it('is a warning in TILT, and a critical alert when all sentinels are in TILT', () => {
    expectFiring(new Fleets().add().set('tilt', alone, from(5, 1)), 6, [ofSentinel(
      'SentinelTilt', 'The clock of s3:26380 jumped, or its process was stopped: this sentinel is in TILT and does not act; the others can',
    )])
    for (const [cause, what] of [['clock', 'The clock of s3:26380 jumped'], ['stopped', 'The process of s3:26380 was stopped']] as const) {
      const fleets = new Fleets().add().set('tilt', alone, from(5, 1)).set('tilt_cause', { ...alone, cause }, from(5, 1))
      expectFiring(fleets, 6, [ofSentinel('SentinelTilt', `${what}: this sentinel is in TILT and does not act; the others can`)])
    }
    expectFiring(new Fleets().add().set('tilt', {}, from(5, 1)), 6, [ofFleet(
      'SentinelsAllInTilt', 'critical',
      'All sentinels of a fleet are in TILT, because their clocks jumped or their processes were stopped: no failover is possible for m',
    )])
  })

  it('in TILT does not hide a master that is down', () => {
    const fleets = new Fleets().add().set('tilt', alone, from(5, 1)).loseMaster(10, { instances: ['s1:26380', 's2:26380'], agreed: false })
    expectFiring(fleets, 12, [
      {
        alert: 'SentinelMasterDown', severity: 'critical', labels: { fleet: 'f1', master_name: 'm' },
        summary: 'The master m has been down for 2m 0s, and no failover came.',
      },
      ofSentinel('SentinelTilt', 'The clock of s3:26380 jumped, or its process was stopped: this sentinel is in TILT and does not act; the others can'),
    ])
  })

  it('is a warning with a full disk, and a critical alert when most disks are full', () => {
    expectFiring(new Fleets().add().set('config_save_failing', alone, from(5, 1)), 8, [ofSentinel(
      'SentinelConfigNotSaved',
      'The disk of s3:26380 is full or its configuration file is not writable: it would forget its votes and the current master at a restart',
    )])
    const most = new Fleets().add().set('config_save_failing', alone, from(5, 1)).set('config_save_failing', { instance: 's2:26380' }, from(5, 1))
    expectFiring(most, 8, [ofFleet(
      'SentinelsCannotSave', 'critical',
      'The disks of most sentinels of a fleet are full or read-only: they cannot save votes, so elections fail: s2:26380 s3:26380',
    )])
  })

  it('is a warning when its file of remembered state cannot be written', () => {
    expectFiring(new Fleets().add().set('state_file_failing', alone, from(5, 1)), 12, [ofSentinel(
      'SentinelStateFileNotWritten',
      'The disk of s3:26380 is full or its file of remembered state is not writable: a restart would lose the history of failovers',
    )])
  })

  it('is a warning when DNS fails', () => {
    expectFiring(new Fleets().add().set('names_failing', alone, from(5, 3)), 8, [ofSentinel(
      'SentinelNamesNotResolved',
      'DNS fails: s3:26380 cannot resolve 3 host names of its nodes. It keeps their last addresses, and finds no node that moved',
    )])
  })

  it('is a warning when its machine is short of CPU', () => {
    const fleets = new Fleets().add().set('event_loop_delay_seconds_bucket', { ...alone, le: '0.01' }, (scrape) => 50 * scrape)
    expectFiring(fleets, 14, [ofSentinel(
      'SentinelLate', 'The machine of s3:26380 is short of CPU: the sentinel comes 980.2ms late',
    )])
  })

  it('is a warning when scripts or webhooks fail', () => {
    expectFiring(new Fleets().add().set('script_failures_total', alone, from(5, 1)), 6, [ofSentinel(
      'SentinelScriptsFail', 'notification-script or client-reconfig-script of s3:26380 failed in all attempts, or ran too long',
    )])
    const failed = { ...alone, webhook: 'ops', result: 'failed' }
    expectFiring(new Fleets().add().set('webhook_events_total', failed, from(5, 7)), 6, [ofSentinel(
      'SentinelWebhookFails', 'The webhook ops does not accept the events of s3:26380; they are not sent again', { webhook: 'ops', result: 'failed' },
    )])
  })
})

describe('the alerts', () => {
  it('are all rehearsed', () => {
    const tests = ['masters', 'sentinels'].map((part) => readFileSync(`test/interop/alerts-${part}.test.ts`, 'utf8')).join('')
    expect(alertNames().length).toBeGreaterThan(35)
    expect(alertNames().filter((name) => !tests.includes(`'${name}'`))).toEqual([])
  })

  it.each([
    [ALERTS, /^sentinel(?!prox)[a-z]+$/], [PROXY_ALERTS, /^sentinelprox[a-z]+$/],
  ])('have a section of the documents each, in their order: %s', (file, ours) => {
    const links = [...readFileSync(file, 'utf8').matchAll(/runbook_url: (\S+)#(\S+)/g)].map(([, page = '', anchor = '']) => ({ page, anchor }))
    expect(links.length).toBe(alertNames(file).length)
    const anchors = (page: string) => [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => (
      title.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-')
    ))
    expect(links.filter(({ page, anchor }) => !anchors(page).includes(anchor))).toEqual([])
    expect(anchors('docs/alerts.md').filter((anchor) => ours.test(anchor))).toEqual(links.map(({ anchor }) => anchor))
  })
})
