/** The alerts about masters, replicas and failovers: for each trouble exactly what fires, with the cause first. */
import { describe, it } from 'vitest'

import { expectFiring, hasPromtool, type Firing } from './alerts/rehearse.ts'
import { Fleets, from, minute, since } from './alerts/series.ts'

const ofMaster = { fleet: 'f1', master_name: 'm' }
const critical = (alert: string, summary: string): Firing => ({ alert, severity: 'critical', labels: ofMaster, summary })
const warning = (alert: string, summary: string, labels = {}): Firing => (
  { alert, severity: 'warning', labels: { ...ofMaster, ...labels }, summary }
)
const gone = (instance: string): Firing => ({
  alert: 'SentinelGone', severity: 'warning', labels: { instance, job: 'ts-sentinel' },
  summary: `The sentinel ${instance} is gone or cannot be scraped: fewer are left to agree and to vote`,
})

describe.runIf(hasPromtool)('a master that is down and is not replaced', () => {
  it('is one critical alert about the missing sentinels where these are the cause, without a word about the network', () => {
    const fleets = new Fleets().add().end('s2:26380', 5).end('s3:26380', 5)
      .loseMaster(10, { instances: ['s1:26380'], agreed: false }).loseQuorum(6, ['s1:26380'])
    for (const reason of ['no_quorum', 'no_majority']) fleets.set('master_failover_blocked', { instance: 's1:26380', reason }, from(10, 1))
    expectFiring(fleets, 15, [
      critical('SentinelMasterDownNoQuorum', 'Too few sentinels are left (s2:26380, s3:26380 are gone) to replace the master m, which has been down for 5m 0s'),
      gone('s2:26380'), gone('s3:26380'),
    ])
  })

  it('is one critical alert about the network where all sentinels run and do not reach each other', () => {
    const fleets = new Fleets().add().loseMaster(10, { agreed: false }).loseQuorum(6)
    expectFiring(fleets, 15, [critical(
      'SentinelMasterDownNoQuorum',
      'The sentinels do not reach each other, so too few are left to replace the master m, which has been down for 5m 0s',
    )])
  })

  it('is an alert about the replica that denies SLAVEOF, although only the leader knows that', () => {
    const fleets = new Fleets().add({ replicas: ['10.0.0.2:6379'] }).loseMaster(10)
      .set('master_failover_blocked', { instance: 's1:26380', reason: 'replica_permission' }, from(10.5, 1))
      .set('master_failover_blocked', { reason: 'waiting' }, from(11, 1))
      .set('node_refuses', { instance: 's1:26380', role: 'replica', cause: 'permission' }, from(10.5, 1))
    const summary = (down: string) => `The replica to promote refuses the order of the sentinels: 10.0.0.2:6379 (permission). The master m has been down for ${down}`
    expectFiring(fleets, 11, [critical('SentinelMasterDownReplicaRefuses', summary('1m 0s'))])
    expectFiring(fleets, 30, [critical('SentinelMasterDownReplicaRefuses', summary('20m 0s'))])
  })

  it('is an alert about the wrong password of the only replica', () => {
    const fleets = new Fleets().add({ replicas: ['10.0.0.2:6379'] }).loseMaster(10)
      .set('master_failover_blocked', { reason: 'replica_password' }, from(10, 1))
      .set('node_refuses', { role: 'replica', cause: 'password' }, from(10, 1))
    expectFiring(fleets, 12, [critical(
      'SentinelMasterDownReplicaRefuses',
      'The replica to promote refuses the order of the sentinels: 10.0.0.2:6379 (password). The master m has been down for 2m 0s',
    )])
  })

  it('is an alert that no replica can be promoted, with the reason', () => {
    const fleets = new Fleets().add().loseMaster(10).set('master_failover_blocked', { reason: 'replica_priority_zero' }, from(1, 1))
      .set('master_failover_blocked', { reason: 'waiting' }, from(11, 1))
    expectFiring(fleets, 12, [critical(
      'SentinelMasterDownNoReplica', 'No replica can be promoted (replica_priority_zero): the master m has been down for 2m 0s',
    )])
  })

  it('is an alert that failovers are paused', () => {
    const fleets = new Fleets().add().loseMaster(10).set('master_failover_blocked', { reason: 'paused' }, from(5, 1))
      .set('master_paused_seconds', {}, (scrape) => scrape < minute(5) ? 0 : 3600)
    expectFiring(fleets, 12, [critical(
      'SentinelMasterDownPaused', 'Failovers are paused, so the master m is not replaced. It has been down for 2m 0s',
    )])
  })

  it('is a general alert with the known reasons where no other one fits', () => {
    const fleets = new Fleets().add().loseMaster(10).set('master_failover_blocked', { reason: 'waiting' }, from(10, 1))
    expectFiring(fleets, 12, [critical(
      'SentinelMasterDown', 'The master m has been down for 2m 0s, and no failover came. Blocked by: waiting',
    )])
    expectFiring(new Fleets().add().loseMaster(10), 12, [critical(
      'SentinelMasterDown', 'The master m has been down for 2m 0s, and no failover came.',
    )])
  })

  it('raises nothing while a failover of some seconds replaces it, but the news of it', () => {
    const down = (scrape: number): number => scrape === minute(10) ? 5 : 0
    const fleets = new Fleets().add().set('master_down_seconds', {}, down)
      .set('failovers_total', { instance: 's1:26380', outcome: 'switched', reason: 'odown' }, from(10.25, 1))
    expectFiring(fleets, 10, [])
    expectFiring(fleets, 12, [{
      alert: 'SentinelFailover', severity: 'info', labels: { ...ofMaster, reason: 'odown' },
      summary: 'The master m was lost and replaced; it is 10.0.0.1:6379 now',
    }])
    expectFiring(fleets, 25, [])
  })
})

describe.runIf(hasPromtool)('a master that works', () => {
  it('is a critical alert where no replica can be promoted, with the reason, and no further ones', () => {
    const fleets = new Fleets().add().set('master_failover_blocked', { reason: 'replica_down' }, from(5, 1))
      .set('replica_up', {}, from(5, 0, 1)).set('replica_link_up', {}, from(5, 0, 1)).set('master_ok_slaves', {}, from(5, 0, 2))
    expectFiring(fleets, 6, [])
    expectFiring(fleets, 20, [critical(
      'SentinelNoReplica', 'No replica of the master m can be promoted (replica_down): it cannot be replaced if it dies',
    )])
  })

  it('is no critical alert where one sentinel alone sees no replica', () => {
    const alone = { instance: 's3:26380' }
    const fleets = new Fleets().add().set('master_failover_blocked', { ...alone, reason: 'replica_down' }, from(5, 1))
      .set('replica_up', alone, from(5, 0, 1)).set('replica_link_up', alone, from(5, 0, 1)).set('master_ok_slaves', alone, from(5, 0, 2))
    expectFiring(fleets, 20, [])
  })

  it('is a warning about a replica that is down, has no link, or is far behind', () => {
    const one = { replica_address: '10.0.0.2:6379' }
    const down = new Fleets().add().set('replica_up', one, from(5, 0, 1)).set('replica_link_up', one, from(5, 0, 1))
    expectFiring(down, 12, [warning('SentinelReplicaDown', 'The replica 10.0.0.2:6379 of m is down: no sentinel reaches it', one)])
    const cut = new Fleets().add().set('replica_link_up', one, from(5, 0, 1))
    expectFiring(cut, 12, [warning(
      'SentinelReplicaCutOff', 'The replica 10.0.0.2:6379 of m is up but has no link to its master: it receives no writes', one,
    )])
    const behind = new Fleets().add().set('replica_lag_bytes', one, from(5, 100 * 2 ** 20, 0))
    expectFiring(behind, 12, [warning(
      'SentinelReplicaLags', 'The replica 10.0.0.2:6379 of m is 100MiB behind: so much would be lost if it were promoted', one,
    )])
  })

  it('is a warning that names the node that refuses the password or lacks a permission', () => {
    const one = { role: 'replica', address: '10.0.0.3:6379' }
    const login = new Fleets().add().set('node_refuses', { ...one, cause: 'password' }, from(5, 1))
    expectFiring(login, 8, [warning(
      'SentinelWrongPassword', 'A password is wrong: replica 10.0.0.3:6379 of m refuses the login of 3 sentinels', { role: 'replica' },
    )])
    const rights = new Fleets().add().set('node_refuses', { ...one, cause: 'permission' }, from(5, 1))
    expectFiring(rights, 8, [warning(
      'SentinelMissingPermission', 'The ACL of the user of the sentinels lacks a right: replica 10.0.0.3:6379 of m answers NOPERM to 3 sentinels',
      { role: 'replica' },
    )])
  })

  it('is a warning that names the one sentinel which does not reach it', () => {
    const fleets = new Fleets().add().loseMaster(5, { instances: ['s2:26380'], agreed: false })
    expectFiring(fleets, 8, [{
      alert: 'SentinelSeesMasterDownAlone', severity: 'warning',
      labels: { ...ofMaster, instance: 's2:26380', job: 'ts-sentinel' },
      summary: 'The network between the sentinel s2:26380 and the master m is cut: other sentinels see the master up',
    }])
  })

  it('is a warning about a password, not about the network, where the master refuses the login of one sentinel', () => {
    const fleets = new Fleets().add().loseMaster(5, { instances: ['s2:26380'], agreed: false })
      .set('node_refuses', { instance: 's2:26380', role: 'master', cause: 'password' }, from(5, 1))
    expectFiring(fleets, 8, [warning(
      'SentinelWrongPassword', 'A password is wrong: master 10.0.0.1:6379 of m refuses the login of 1 sentinel', { role: 'master' },
    )])
  })

  it('is a warning while only its replicas hear of it', () => {
    const fleets = new Fleets().add().set('master_witnessed_seconds', { instance: 's1:26380' }, since(5))
    expectFiring(fleets, 6, [warning(
      'SentinelMasterWitnessed', 'The master m does not answer 1 sentinel, but its replicas still receive data from it',
    )])
  })

  it('is a warning after a pause of more than an hour, and not before', () => {
    const fleets = new Fleets().add().set('master_paused_seconds', {}, (scrape) => Math.max(0, 7200 - scrape * 15))
    expectFiring(fleets, 59, [])
    expectFiring(fleets, 70, [warning(
      'SentinelPauseForgotten', 'Failovers of the master m have been paused for more than an hour, and stay so for another 50m 0s',
    )])
  })

  it('is a critical alert after a restart without its data, also when a failover followed at once', () => {
    const fleets = new Fleets().add().set('master_lost_data', { instance: 's2:26380' }, (scrape) => scrape === minute(5) ? 1 : 0)
    expectFiring(fleets, 6, [critical('SentinelMasterLostData', 'The master m restarted without its data')])
    expectFiring(fleets, 15, [])
  })

  it('is a critical alert where a node of another deployment is at the address of a replica', () => {
    const fleets = new Fleets().add().set('master_foreign_nodes', {}, from(5, 1))
    expectFiring(fleets, 6, [critical(
      'SentinelForeignNode',
      '1 node of m holds the data of another deployment: its address is used again, or it was pointed to another master',
    )])
  })

  it('is a warning when its process ended', () => {
    const fleets = new Fleets().add().set('master_crashes_detected_total', { instance: 's1:26380' }, from(5, 1))
    expectFiring(fleets, 6, [warning(
      'SentinelMasterProcessEnded', 'The process of the master m ended: it was killed, or stopped for longer than crash-detection',
    )])
  })
})

describe.runIf(hasPromtool)('failovers', () => {
  const aborted = { instance: 's1:26380', outcome: 'aborted', reason: 'slave-timeout' }

  it('are a warning with the cause when one is given up, also the first one', () => {
    const fleets = new Fleets().add().set('failovers_total', aborted, from(5, 1))
    expectFiring(fleets, 7, [warning(
      'SentinelFailoverAborted', 'The chosen replica did not become a master: a failover of m was given up', { reason: 'slave-timeout' },
    )])
    expectFiring(fleets, 17, [])
  })

  it('are no alert when they are given up because the master answers again', () => {
    const fleets = new Fleets().add().set('failovers_total', { outcome: 'aborted', reason: 'master-answers' }, from(5, 1))
    expectFiring(fleets, 7, [])
  })

  it('are one critical alert when they are given up again and again', () => {
    const attempts = (scrape: number): number => Math.max(0, Math.floor((scrape - minute(5)) / minute(6)) + 1)
    const fleets = new Fleets().add().set('failovers_total', aborted, attempts)
    expectFiring(fleets, 25, [critical(
      'SentinelFailoverKeepsFailing', 'The chosen replica did not become a master: failovers of m keep failing, 4 within an hour',
    )])
  })

  it('are a warning with the reason when one does not end', () => {
    const fleets = new Fleets().add().set('master_failover_in_progress', { instance: 's1:26380' }, from(5, 1))
      .set('master_failover_blocked', { instance: 's1:26380', reason: 'replica_refuses' }, from(5, 1))
    expectFiring(fleets, 8, [])
    expectFiring(fleets, 10, [warning(
      'SentinelFailoverStuck', 'A failover of m has not ended for 4 minutes. Blocked by: replica_refuses',
    )])
  })

  it('are a critical alert when the master changes again and again', () => {
    const fleets = new Fleets().add()
      .set('failovers_total', { instance: 's1:26380', outcome: 'switched', reason: 'odown' }, (scrape) => Math.floor(scrape / minute(10)))
    expectFiring(fleets, 58, [
      critical(
        'SentinelFailsOverAgainAndAgain',
        'The masters of m are slow rather than dead, or down-after-milliseconds is too small: 5 failovers within an hour',
      ),
      {
        alert: 'SentinelFailover', severity: 'info', labels: { ...ofMaster, reason: 'odown' },
        summary: 'The master m was lost and replaced; it is 10.0.0.1:6379 now',
      },
    ])
  })
})
