/** `explain` names the true reason on real processes, and what the tools print. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { explainTool, historyTool, statusTool } from '../../src/cli/sentinel-tools/index.ts'
import { eventually, notYet, pairs, startDeployment, type Deployment } from '../../src/harness/index.ts'

type Fields = Readonly<Record<string, string>>

async function explain(deployment: Deployment, at: number): Promise<Fields> {
  return pairs(await deployment.sentinel(at).call(['SENTINEL', 'EXPLAIN', 'mymaster']))
}

/** Waits until a sentinel of ours gives this reason, and gives its whole answer. */
async function reason(deployment: Deployment, code: string, who = [0, 1, 2]): Promise<Fields> {
  return eventually(`the reason ${code}`, async () => {
    const said: string[] = []
    for (const at of who) {
      const fields = await explain(deployment, at)
      const codes = Object.entries(fields).filter(([name]) => /^(if-master-died-)?reason-\d+$/.test(name)).map(([, text]) => text)
      // A machine under load may have made a process stand still: that is not what is staged.
      const isMeant = code === 'tilt' || !codes.some((text) => text.startsWith('tilt:'))
      if (isMeant && codes.some((text) => text.startsWith(`${code}:`))) return fields
      said.push(...codes)
    }
    throw notYet(said.join('; '))
  }, { timeoutMs: 40_000, everyMs: 100 })
}

const table: string[] = []

function note(situation: string, fields: Fields): void {
  table.push(`${situation.padEnd(40)} ${fields['answer'] ?? ''}`)
}

async function run(tool: typeof explainTool, args: readonly string[]) {
  let [text, errors] = ['', '']
  const status = await tool(args, {
    print: (more) => { text += more }, printError: (more) => { errors += more },
    terminal: undefined, onInterrupt: () => () => undefined,
  })
  return { text, errors, status }
}

function addressOf(deployment: Deployment, at: number): string {
  const { host, port } = deployment.sentinel(at).address
  return `${host}:${port}`
}

function isCalm(fields: Fields): boolean {
  return fields['master'] === 'up' && fields['failover'] === 'no' && fields['reachable-sentinels'] === '3'
}

async function everybody(deployment: Deployment, ...command: [string, ...string[]]): Promise<void> {
  for (const sentinel of deployment.sentinels) await sentinel.call(command)
}

async function replicasAllow(deployment: Deployment, ...rules: string[]): Promise<void> {
  for (const node of deployment.nodes.slice(1)) await node.call(['ACL', 'SETUSER', 'default', ...rules])
}

describe('explain', () => {
  let fleet: Deployment

  beforeAll(async () => {
    fleet = await startDeployment({ replicas: 2, sentinels: 3, failoverTimeoutMs: 3000 })
    // A process that was stopped for a test is to decide again soon.
    await everybody(fleet, 'SENTINEL', 'DEBUG', 'tilt-period', '500')
  }, 120_000)

  afterAll(async () => {
    await fleet?.stop()
    process.stdout.write(`\nexplain, real processes:\n  ${table.join('\n  ')}\n`)
  })

  it('reports a healthy master and the replica that would be promoted', async () => {
    const fields = await reason(fleet, 'master-up')
    note('master up', fields)
    expect(fields['if-master-died']).toMatch(/^yes, a failover to 127\.0\.0\.1:\d+ would follow$/)
    const { text, status } = await run(statusTool, [addressOf(fleet, 0)])
    expect(text).toContain('OK 3 usable Sentinels')
    expect(status).toBe(0)
    expect((await run(explainTool, [addressOf(fleet, 0), 'mymaster', '--json'])).status).toBe(0)
  })

  it('reports that the INFO of the replicas is too old and that they refuse INFO', async () => {
    await replicasAllow(fleet, '-info')
    await fleet.sentinel(0).call(['SENTINEL', 'DEBUG', 'info-period', '300'])
    const fields = await reason(fleet, 'no-good-replica', [0])
    note('replicas refuse INFO', { answer: fields['if-master-died-reason-1'] ?? '' })
    expect(fields['replica-1']).toMatch(/excluded: its last INFO is .* old, .*it answered INFO with "NOPERM/)
    await fleet.sentinel(0).call(['SENTINEL', 'DEBUG', 'info-period', '10000'])
    await replicasAllow(fleet, '+@all')
  })

  it('reports TILT after the process was stopped', async () => {
    await fleet.sentinel(0).call(['SENTINEL', 'DEBUG', 'tilt-trigger', '500', 'tilt-period', '5000'])
    const id = await fleet.sentinel(0).myId()
    fleet.sentinel(0).pause()
    await eventually('the others miss it', async () => {
      const others = await fleet.sentinel(1).call(['SENTINEL', 'SENTINELS', 'mymaster']) as readonly (readonly string[])[]
      const flags = others.map((entry) => pairs(entry)).find((entry) => entry['runid'] === id)?.['flags']
      if (flags?.includes('s_down') !== true) throw notYet(String(flags))
    }, { timeoutMs: 20_000 })
    fleet.sentinel(0).resume()
    const fields = await reason(fleet, 'tilt', [0])
    note('TILT', fields)
    expect(fields['reason-1']).toMatch(/^tilt: /)
    await fleet.sentinel(0).call(['SENTINEL', 'DEBUG', 'tilt-trigger', '2000', 'tilt-period', '500'])
  })

  it('reports that there is no majority when two of three sentinels are down', async () => {
    await fleet.sentinel(0).call(['SENTINEL', 'SET', 'mymaster', 'quorum', '1'])
    for (const at of [1, 2]) await fleet.sentinel(at).kill()
    fleet.nodes[0]?.pause()
    const fields = await reason(fleet, 'no-majority', [0])
    note('two of three sentinels are gone', fields)
    fleet.nodes[0]?.resume()
    for (const at of [1, 2]) await fleet.sentinel(at).start()
    await fleet.sentinel(0).call(['SENTINEL', 'SET', 'mymaster', 'quorum', '2'])
    await eventually('the master is up for all', async () => {
      for (const at of [0, 1, 2]) {
        if (!isCalm(await explain(fleet, at))) throw notYet(`not for ${at}`)
      }
    }, { timeoutMs: 20_000 })
  })

  it('reports that the replicas refuse SLAVEOF when their ACL rules deny it', async () => {
    await replicasAllow(fleet, '-slaveof', '-replicaof')
    fleet.nodes[0]?.pause()
    const fields = await reason(fleet, 'candidate-refuses')
    note('ACL denies SLAVEOF', fields)
    expect(JSON.stringify(fields)).toContain('NOPERM this user has no permissions to run the \'slaveof\' command')
    const at = await eventually('somebody gave up', async () => {
      for (const one of [0, 1, 2]) if ((await explain(fleet, one))['last-failover']?.includes('slave-timeout') === true) return one
      throw notYet('nobody did')
    }, { timeoutMs: 30_000 })
    const last = (await explain(fleet, at))['last-failover'] ?? ''
    expect(last).toMatch(/the chosen replica did not become a master .*it answered SLAVEOF NO ONE with "NOPERM/)
    table.push(`${'  its last attempt'.padEnd(40)} ${last}`)
    const { text, status } = await run(explainTool, [addressOf(fleet, at), 'mymaster'])
    expect(text).toContain('NOPERM')
    expect(status).toBeLessThan(2)
    process.stdout.write(`\n${text}\n`)
  })

  it('is followed by a history that lists the failed attempts and the failover after them', async () => {
    await replicasAllow(fleet, '+@all')
    await eventually('a new master', async () => {
      const { text } = await run(historyTool, [addressOf(fleet, 0), 'mymaster'])
      if (!text.includes('switched') && !text.includes('adopted')) throw notYet(text)
    }, { timeoutMs: 60_000 })
    const histories = await Promise.all([0, 1, 2].map((at) => run(historyTool, [addressOf(fleet, at)])))
    expect(histories.map(({ text }) => text).join('')).toContain('aborted: slave-timeout')
    process.stdout.write(`\n${histories[0]?.text}\n`)
  })
})

describe('explain about nodes with renamed commands', () => {
  it('names the command that the replica refuses, also where it asks an original sentinel', async () => {
    const fleet = await startDeployment({
      replicas: 1, sentinels: ['ours', 'ours', 'genuine'], failoverTimeoutMs: 3000, redisConfig: ['rename-command SLAVEOF ""'],
    })
    try {
      const { text, status } = await run(explainTool, [addressOf(fleet, 2), 'mymaster'])
      expect(text).toContain('This is an original sentinel')
      expect(text).toContain('no other replica can be')
      expect(status).toBe(0)
      expect((await run(historyTool, [addressOf(fleet, 2)])).errors).toContain('this is an original sentinel')
      fleet.nodes[0]?.pause()
      const fields = await reason(fleet, 'candidate-refuses', [0, 1])
      note('SLAVEOF is renamed away', fields)
      expect(JSON.stringify(fields)).toContain('unknown command \'SLAVEOF\'')
      process.stdout.write(`\n${table.at(-1)}\n`)
    } finally {
      await fleet.stop()
    }
  }, 120_000)
})

describe('the tools', () => {
  it.each([
    [statusTool, [], 'the address of a sentinel, is missing'], [explainTool, ['127.0.0.1:1', 'x'], 'cannot be reached: connection refused'],
    [historyTool, ['not:a:port'], 'is not HOST[:PORT]'], [statusTool, ['--nope', 'x'], 'nope'],
  ] as const)('refuse wrong arguments with status 2, case %#', async (tool, args, words) => {
    const { errors, status } = await run(tool, args)
    expect(errors).toContain(words)
    expect(status).toBe(2)
  })

  it.each([statusTool, explainTool, historyTool])('print a help text with examples and exit codes, case %#', async (tool) => {
    const { text, status } = await run(tool, ['--help'])
    expect(text).toMatch(/Usage: ts-sentinel .*Exit codes: .*Examples:\n/s)
    expect(status).toBe(0)
  })
})
