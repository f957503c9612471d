import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { formatAddress, within } from '../../../src/harness/index.ts'
import type { ClientSetup, SentinelClient } from './sentinel-client.ts'

/** How long one question to a client may take: the slowest one tries for seconds while a master is away. */
const ANSWER_MS = 30_000

/**
 * A client library of another language: a process that is asked line by line, `master`, `replicas` or
 * `write <key> <value>`, and answers each with one line, `ok <words>` or `failed <text>`.
 */
export function lineClient(program: string, script: string, setup: ClientSetup): SentinelClient {
  const child = spawn(program, [
    join(import.meta.dirname, script),
    setup.masterName, setup.sentinelPassword ?? '', setup.password ?? '', ...setup.sentinels.map(formatAddress),
  ], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line))
  const ended = new Promise<void>((resolve) => { child.once('close', resolve) })
  child.once('error', (error) => { for (const answer of waiting.splice(0)) answer(`failed ${error.message}`) })
  void ended.then(() => { for (const answer of waiting.splice(0)) answer(`failed ${program} has ended`) })
  child.stdin.on('error', () => undefined)

  const ask = async (question: string): Promise<string[]> => {
    const answer = new Promise<string>((resolve) => { waiting.push(resolve) })
    child.stdin.write(`${question}\n`)
    const [result, ...words] = (await within(`${script} to answer ${question}`, ANSWER_MS, answer)).split(' ')
    if (result !== 'ok') throw new Error(`${script}: ${words.join(' ')}`)
    return words
  }
  return {
    master: async () => (await ask('master')).join(' '),
    replicas: () => ask('replicas'),
    write: async (key, value) => { await ask(`write ${key} ${value}`) },
    close: async () => {
      child.stdin.end()
      child.kill('SIGKILL')
      await ended
    },
  }
}
