/** The public API: a sentinel inside this process. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandConnection, Workspace } from '../../src/harness/index.ts'
import { ConfigError, createDaemon, loadConfig } from '../../src/index.ts'

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('process-library') })
afterAll(async () => { await workspace.remove() })

describe('createDaemon', () => {
  it('runs a sentinel that reports its events, and leaves nothing behind when it stops', async () => {
    const port = await workspace.claimPort()
    const path = join(workspace.folder, 'sentinel.conf')
    writeFileSync(path, `port ${port}\nlogfile ${workspace.folder}/log\n`)
    const title = process.title
    const daemon = createDaemon(loadConfig(path, ['--timeout', '7']))
    const seen: string[] = []
    daemon.events.subscribe(({ channel, payload }) => seen.push(`${channel} ${payload}`))
    expect(await daemon.start()).toEqual({ ok: true })
    expect(process.title).toBe(title)

    const connection = new CommandConnection({ host: '127.0.0.1', port })
    const monitored = await workspace.claimPort()
    expect(await connection.call(['SENTINEL', 'MONITOR', 'mymaster', '127.0.0.1', String(monitored), '2'])).toBe('OK')
    expect(daemon.view.masterNames()).toEqual(['mymaster'])
    expect(seen[0]).toBe(`+monitor master mymaster 127.0.0.1 ${monitored} quorum 2`)
    const file = readFileSync(path, 'utf8')
    expect(file).toContain(`sentinel monitor mymaster 127.0.0.1 ${monitored} 2\n`)
    expect(file).toContain(`sentinel myid ${daemon.view.myId}\n`)
    expect(file).toContain('timeout 7\n')
    expect(daemon.health().save).toMatchObject({ error: undefined, savesTotal: 2 })
    connection.close()

    await Promise.all([daemon.stop(), daemon.stop()])
    await daemon.stopped
    await expect(new CommandConnection({ host: '127.0.0.1', port }).call(['PING'], 500)).rejects.toThrow()
  })

  it('reports why the sentinel does not start', async () => {
    const port = await workspace.claimPort()
    const configs = ['a', 'b'].map((name) => {
      const path = join(workspace.folder, `${name}.conf`)
      writeFileSync(path, `port ${port}\nlogfile ${workspace.folder}/${name}.log\n`)
      return loadConfig(path)
    })
    const [first, second] = configs.map((config) => createDaemon(config))
    expect(await first?.start()).toEqual({ ok: true })
    expect(await second?.start()).toMatchObject({ ok: false, problem: `Failed listening on port ${port} (tcp), aborting.` })
    await first?.stop()
    expect(readFileSync(join(workspace.folder, 'b.log'), 'utf8')).toContain('bind: Address already in use')
  })
})

describe('loadConfig', () => {
  it('throws the error that the command line prints', () => {
    const path = join(workspace.folder, 'bad.conf')
    writeFileSync(path, 'port 26379\nfoobar 1\n')
    expect(() => loadConfig(path)).toThrow(ConfigError)
    expect(() => loadConfig(path)).toThrow(/at line 2\n>>> 'foobar 1'\nBad directive or wrong number of arguments$/)
    expect(() => loadConfig(join(workspace.folder, 'none.conf'))).toThrow(/can't open config file '.*none\.conf': No such file or directory/)
  })
})
