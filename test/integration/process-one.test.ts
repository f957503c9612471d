/** A sentinel that is process 1 of a PID namespace, as it is in a container. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandConnection, eventually, notYet, ourSentinel, Workspace } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

const NAMESPACE = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child']
/** Only Linux has PID namespaces, and an administrator may have forbidden them. */
const canMakeNamespaces = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('process-one') })
afterAll(async () => { await workspace.remove() })

interface ProcessFacts { readonly pid: number, readonly parent: number, readonly state: string }

function processes(): ProcessFacts[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const [state = '', parent = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
      return [{ pid: Number(name), parent: Number(parent), state }]
    } catch {
      // It ended while we looked.
      return []
    }
  })
}

function below(pid: number, all = processes()): ProcessFacts[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid, all)])
}

/** Each event leaves an orphan behind, which ends a moment later. */
function scriptWithOrphans(done: string): string {
  const path = join(workspace.folder, 'notify.sh')
  writeFileSync(path, `#!/bin/sh\n( ( read -r line < /dev/null; sleep 0.1; : > ${done} ) & )\nexit 0\n`)
  chmodSync(path, 0o755)
  return path
}

describe('a sentinel that is process 1', () => {
  it.skipIf(!canMakeNamespaces)('leaves no zombies of its scripts behind and ends with status 0 at SIGTERM', async () => {
    const [port, nodePort] = [await workspace.claimPort(), await workspace.claimPort()]
    const done = join(workspace.folder, 'orphan-ended')
    writeFileSync(join(workspace.folder, 'sentinel.conf'), [
      `port ${port}`, 'bind 127.0.0.1', `sentinel monitor m 127.0.0.1 ${nodePort} 1`,
      `sentinel notification-script m ${scriptWithOrphans(done)}`,
    ].map((line) => `${line}\n`).join(''))
    const { file, args } = ourSentinel().command(join(workspace.folder, 'sentinel.conf'))
    const program = new Program('ours', workspace, {
      cwd: workspace.folder, args: [...NAMESPACE, file, ...args], program: { file: 'unshare', args: [] },
    })
    await program.logged('+monitor')
    const connection = new CommandConnection({ host: '127.0.0.1', port })
    try {
      await connection.call(['SENTINEL', 'SET', 'm', 'quorum', '2'])
    } finally {
      connection.close()
    }
    await eventually('the orphan of the script has ended and is no zombie', () => {
      if (!existsSync(done)) throw notYet('it still runs')
      const zombies = below(program.pid).filter(({ state }) => state === 'Z')
      if (zombies.length > 0) throw notYet(`${zombies.length} zombies`)
    }, { timeoutMs: 10_000, everyMs: 50 })

    const [first] = processes().filter(({ parent }) => parent === program.pid)
    process.kill(first?.pid ?? -1, 'SIGTERM')
    expect(await program.end()).toEqual({ code: 0, signal: null })
    expect(program.stdout).toContain('Sentinel is now ready to exit')
  })
})
