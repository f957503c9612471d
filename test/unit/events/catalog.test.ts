/** protocol.md 3.2 and behaviour.md 10.1: levels, and what the payload begins with. */
import { describe, expect, it } from 'vitest'
import { CATALOG } from '../../../src/events/index.ts'

const names = (level: string) => (
  Object.entries(CATALOG).filter(([, kind]) => kind.level === level).map(([name]) => name)
)

describe('the catalogue of events', () => {
  it('has the 48 types of the original and those of our own', () => {
    const own = [
      '+forgotten', '+lost-data', '+foreign-node', '+witnessed', '-witnessed', '+paused', '-paused', '+scheduled', '-scheduled',
      '-failover-abort-master-timeout', '+peer-disagrees', '-peer-disagrees',
    ]
    expect(Object.keys(CATALOG).filter((name) => !own.includes(name))).toHaveLength(48)
  })

  it('does not publish exactly these events', () => {
    expect(names('debug').sort()).toEqual(
      ['+script-child', '-cmd-link-reconnection', '-pubsub-link-reconnection', '-script-child'])
  })

  it('has these events at the levels notice and verbose, and all others as warnings', () => {
    expect(names('verbose').sort()).toEqual(['+role-change', '-role-change'])
    expect(names('notice').sort()).toEqual([
      '+convert-to-slave', '+failover-state-send-slaveof-noone', '+failover-state-wait-promotion', '+fix-slave-config',
      '+reboot', '+sentinel', '+sentinel-address-switch', '+sentinel-address-update', '+sentinel-invalid-addr',
      '+slave', '+slave-reconf-done', '+slave-reconf-inprog', '+slave-reconf-sent', '+slave-reconf-sent-be',
      '-slave-reconf-sent-timeout',
    ])
  })

  it('marks the events whose payload is the detail alone', () => {
    const bare = Object.entries(CATALOG).filter(([, kind]) => !('describes' in kind)).map(([name]) => name)
    expect(bare.sort()).toEqual([
      '+new-epoch', '+script-child', '+switch-master', '+tilt', '+vote-for-leader',
      '-script-child', '-script-error', '-script-timeout', '-tilt',
    ])
  })
})
