import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { formatAddress, type Address, type WriterClient } from '../../../src/harness/index.ts'

/** redis-py as a writer: a Python process that is told what to write line by line. */
export function redisPyClient(python: string, masterName: string, sentinels: readonly Address[]): WriterClient {
  const script = join(import.meta.dirname, 'redis_py_writer.py')
  const child = spawn(python, [script, masterName, ...sentinels.map(formatAddress)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const open = new Map<string, { readonly resolve: () => void, readonly reject: (error: Error) => void }>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [result, value = '', ...error] = line.split(' ')
    if (result === 'ok') open.get(value)?.resolve()
    else open.get(value)?.reject(new Error(error.join(' ')))
    open.delete(value)
  })
  const ended = new Promise<void>((resolve) => { child.once('close', resolve) })
  void ended.then(() => {
    for (const { reject } of open.values()) reject(new Error('the Python process has ended'))
  })
  child.stdin.on('error', () => undefined)
  return {
    write: (key, value) => new Promise((resolve, reject) => {
      open.set(String(value), { resolve: () => { resolve({}) }, reject })
      child.stdin.write(`${key} ${value}\n`)
    }),
    close: async () => {
      child.stdin.end()
      child.kill('SIGKILL')
      await ended
    },
  }
}
