/** What a state file holds reads back, whatever the main file says: docs/decisions/0057-state-config-file.md. */
import { describe, expect, it } from 'vitest'

import { rewriteState } from '../../../src/config/rewrite-state.ts'
import { stateRewriteProblem } from '../../../src/config/verify.ts'
import { initialSettings, type DurableMaster, type DurableState, type MasterSettings } from '../../../src/core/index.ts'
import { SimRandom } from '../../simulator/index.ts'
import { A40, ID } from './rewrite-text.ts'

describe('500 random changes of random main files', () => {
  const random = new SimRandom(57, 'state-file')
  const pick = <Value>(...values: readonly Value[]): Value => values[random.below(values.length)] as Value
  const settings = () => ({
    downAfterMs: pick(30_000, 100, 200), parallelSyncs: pick(1, 2), authPass: pick(undefined, 'a', 'b c'), authUser: pick(undefined, 'u'),
    notificationScript: pick(undefined, '/bin/true'), rebootDownAfterMs: pick(0, 5),
    renamedCommands: pick<MasterSettings['renamedCommands']>([], [['CONFIG', 'cfg']], [['CONFIG', 'cfg2'], ['PING', 'pong']]),
  })
  const epoch = () => pick(0n, 1n, 5n)
  const master = (name: string): DurableMaster => ({
    name, host: '127.0.0.1', port: pick(1, 2), configEpoch: epoch(), leaderEpoch: epoch(),
    replicas: pick<DurableMaster['replicas']>([], [{ host: '127.0.0.1', port: 5 }]),
    sentinels: pick<DurableMaster['sentinels']>([], [{ host: '127.0.0.1', port: 6, runId: A40 }]),
    settings: { ...initialSettings(pick(1, 2)), ...settings() },
  })
  const masters = () => ['one', 'two', 'three'].filter(() => random.below(2) === 0).map(master)
  const state = (): DurableState => ({
    myId: ID, currentEpoch: 5n, masters: masters(), announceIp: pick(undefined, '10.0.0.1'), announcePort: pick(0, 7),
    denyScriptsReconfig: pick(true, false), resolveHostnames: pick(true, false), announceHostnames: pick(true, false),
    sentinelUser: pick(undefined, 'u'), sentinelPass: pick(undefined, 'p q'),
  })

  it('read back as they were saved', () => {
    for (let round = 0; round < 500; round += 1) {
      const [main, durable] = [state(), state()]
      const present = new Map(durable.masters.map((one) => [one.name, one]))
      const isGone = ({ name, configEpoch, leaderEpoch }: DurableMaster) => {
        const one = present.get(name)
        return one === undefined || one.configEpoch < configEpoch || one.leaderEpoch < leaderEpoch
      }
      const ignored = new Set(main.masters.filter(isGone).map(({ name }) => name))
      const input = { current: '', durable, main, ignored }
      expect([round, stateRewriteProblem(rewriteState(input), input)]).toEqual([round, undefined])
    }
  })
})
