import { expect } from 'vitest'

import { eventually, notYet, type Deployment } from '../../../src/harness/index.ts'
import { kindUnderTest } from '../support/settings.ts'

interface Snapshot {
  readonly pid: number | undefined
  readonly view: unknown
}

/** Watches a deployment while something bad is done to it, and checks that nobody took notice. */
export class Calm {
  readonly #deployment: Deployment
  readonly #position: number
  readonly #logged: ReadonlyMap<string, number>
  readonly #before: ReadonlyMap<string, Snapshot>

  private constructor(deployment: Deployment, before: ReadonlyMap<string, Snapshot>) {
    this.#deployment = deployment
    this.#position = deployment.timeline.position
    this.#logged = new Map(deployment.sentinels.map((sentinel) => [sentinel.name, sentinel.logLines().length]))
    this.#before = before
  }

  /** Of a new deployment. What its sentinels log about each other arrives after their replies. */
  static async watch(deployment: Deployment): Promise<Calm> {
    await eventually('the events of the sentinels that know each other', () => { expectDiscovered(deployment) })
    return new Calm(deployment, await snapshots(deployment))
  }

  /**
   * No sentinel ended, saw anything down, learnt or forgot anybody, or changed its mind about `mymaster`.
   *
   * @param logLines most lines that each sentinel of ours may have written about it
   * @param ignoring events and log lines that belong to the test itself
   */
  async expectUndisturbed(options: {
    readonly logLines: number
    readonly ignoring?: RegExp
    readonly ignoringEpochs?: boolean
  }): Promise<void> {
    const { ignoring } = options
    const events = this.#deployment.timeline
      .all({ kind: 'event', after: this.#position })
      .filter(({ event, text }) => !(ignoring?.test(` ${text} `) ?? false)
        && !(options.ignoringEpochs === true && /^\+(new-epoch|vote-for-leader)$/.test(event)))
    expect(events.map(({ source, event, text }) => `${source} ${event} ${text}`)).toEqual([])
    if (options.ignoringEpochs !== true) expect(await snapshots(this.#deployment)).toEqual(this.#before)
    for (const sentinel of this.#deployment.sentinels) {
      const lines = sentinel.logLines().slice(this.#logged.get(sentinel.name))
      const news = lines.filter((line) =>
        !(ignoring?.test(line) ?? false) && !/new configuration saved| - (Accepted|Client closed|Protocol|Reading)/.test(line))
      // Plain words: no stack traces, no dumps.
      expect(news.filter((line) => /^\s+at |\[object |node:internal|Error:/.test(line))).toEqual([])
      if (kindUnderTest() === 'ours') expect(news.length, news.join('\n')).toBeLessThanOrEqual(options.logLines)
    }
  }
}

function expectDiscovered({ sentinels, timeline }: Deployment): void {
  for (const { name } of sentinels) {
    const seen = timeline.all({ kind: 'event', source: name, event: '+sentinel' }).length
    if (seen < sentinels.length - 1) throw notYet(`${name} logged ${seen} of ${sentinels.length - 1}`)
  }
}

async function snapshots(deployment: Deployment): Promise<ReadonlyMap<string, Snapshot>> {
  const { name } = deployment.group
  const entries = deployment.sentinels.map(async (sentinel): Promise<[string, Snapshot]> => {
    const master = await sentinel.master(name)
    const { currentEpoch, configEpoch, leaderEpoch } = sentinel.fileFacts(name)
    return [sentinel.name, {
      pid: sentinel.process.pid,
      view: {
        address: await sentinel.masterAddress(name),
        flags: master['flags'],
        others: master['num-other-sentinels'],
        replicas: master['num-slaves'],
        epochs: { currentEpoch, configEpoch, leaderEpoch, shown: master['config-epoch'] },
      },
    }]
  })
  return new Map(await Promise.all(entries))
}
