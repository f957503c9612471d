/** A file that cannot be saved, and crashes on order: config.md 6.7, behaviour.md 12. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CommandConnection, eventually, killMaster, notYet, withDeployment, Workspace, type SentinelKind,
} from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('process-save') })
afterAll(async () => { await workspace.remove() })

let starts = 0

async function monitoring(kind: SentinelKind) {
  const [port, nobody] = [await workspace.claimPort(), await workspace.claimPort()]
  const folder = join(workspace.folder, `${kind}-${starts += 1}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'sentinel.conf'), `port ${port}\nsentinel monitor mymaster 127.0.0.1 ${nobody} 2\n`)
  // The working directory stays when the folder with the file goes.
  const program = new Program(kind, workspace, { cwd: workspace.folder, args: [join(folder, 'sentinel.conf')] })
  await program.logged('+monitor')
  return { folder, program, connection: new CommandConnection({ host: '127.0.0.1', port }) }
}

describe('a missing directory of the configuration file', () => {
  const SET = ['SENTINEL', 'SET', 'mymaster', 'quorum', '3'] as const

  it('makes a change fail in the same words as with the genuine program, and the change stays', async () => {
    const seen = await Promise.all((['ours', 'genuine'] as const).map(async (kind) => {
      const { folder, program, connection } = await monitoring(kind)
      renameSync(folder, `${folder}-away`)
      const reply = await connection.call([...SET]).then(String, (error: Error) => error.message)
      const master = await connection.call(['SENTINEL', 'MASTER', 'mymaster']) as string[]
      const text = `${reply}\n${master[master.indexOf('quorum') + 1] ?? ''}`
      // Lines are written a moment after what they tell of.
      await program.logged('was not able to save the new configuration')
      const lines = program.messages().filter((line) => /config|save/.test(line) && line !== 'Configuration loaded')
      connection.close()
      await program.endBy('SIGTERM')
      renameSync(`${folder}-away`, folder)
      return { text, lines }
    }))
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]?.text).toBe('ERR Failed to save config file. Check server logs.\n3')
    expect(seen[0]?.lines.slice(-2)).toEqual([
      'Could not create tmp config file (No such file or directory)',
      'WARNING: Sentinel was not able to save the new configuration on disk!!!: No such file or directory',
    ])
  })

  it('does not lose the change, which is saved when the directory is back', async () => {
    const { folder, program, connection } = await monitoring('ours')
    renameSync(folder, `${folder}-away`)
    await expect(connection.call([...SET])).rejects.toThrow('Failed to save config file')
    renameSync(`${folder}-away`, folder)
    await eventually('the change in the file', () => {
      const file = readFileSync(join(folder, 'sentinel.conf'), 'utf8')
      if (!/^sentinel monitor mymaster \S+ \d+ 3$/m.test(file)) throw notYet(file)
    }, { timeoutMs: 10_000 })
    connection.close()
    await program.endBy('SIGTERM')
  })
})

describe('SENTINEL SIMULATE-FAILURE', () => {
  it.each([
    ['crash-after-election', '+elected-leader', '+selected-slave'],
    ['crash-after-promotion', '+promoted-slave', '+failover-state-reconf-slaves'],
  ] as const)('%s ends with status 99 right after %s', async (failure, last, never) => {
    await withDeployment({ sentinels: 1, replicas: 1, downAfterMs: 300 }, async (deployment) => {
      const sentinel = deployment.sentinel(0)
      expect(await sentinel.call(['SENTINEL', 'SIMULATE-FAILURE', failure])).toBe('OK')
      await killMaster(deployment)
      expect(await sentinel.process.ended).toEqual({ code: 99, signal: null })
      const log = sentinel.logLines()
      expect(log.at(-1)).toContain('Sentinel CRASH because of SENTINEL simulate-failure')
      expect(log.at(-2)).toContain(last)
      expect(log.join('\n')).not.toContain(never)
      expect(sentinel.configText()).toMatch(/^sentinel leader-epoch mymaster 1$/m)
      expect(sentinel.configText()).toMatch(
        failure === 'crash-after-promotion' ? /^sentinel config-epoch mymaster 1$/m : /^sentinel config-epoch mymaster 0$/m,
      )
    })
  }, 60_000)
})
