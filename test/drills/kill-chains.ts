/**
 * Kills each process of a chain around `ts-sentinel harness run` and `serve` by SIGKILL, again and again, and measures
 * how long it takes until no process and no file is left.
 *
 *   npm run kill-chains
 *   npm run kill-chains -- --times 3 --limit 3000
 */
import { parseArgs } from 'node:util'

import { messageOf } from '../../src/harness/index.ts'
import { killInChain, VICTIMS, type Command } from './killed-chain.ts'

const COMMANDS: readonly Command[] = ['run', 'serve']

const { values } = parseArgs({
  options: { times: { type: 'string', default: '20' }, limit: { type: 'string', default: '3000' } },
})
const say = (line: string): void => { process.stdout.write(`${line}\n`) }
process.exitCode = await main(Number(values.times), Number(values.limit))

async function main(times: number, limitMs: number): Promise<number> {
  const program = process.env['TS_SENTINEL_JS'] ?? ''
  let failed = 0
  say('command  killed   times  left over  clean-up: median  slowest')
  for (const command of COMMANDS) {
    for (const victim of VICTIMS) {
      const took: number[] = []
      for (let at = 0; at < times; at += 1) {
        try {
          took.push(await killInChain(program, command, victim, limitMs))
        } catch (error) {
          say(`${command} ${victim}: ${messageOf(error)}`)
        }
      }
      took.sort((left, right) => left - right)
      failed += times - took.length
      const figure = (ms: number | undefined): string => ms === undefined ? '-' : `${ms.toFixed(0)} ms`
      say([
        command.padEnd(7), victim.padEnd(7), String(times).padStart(6), String(times - took.length).padStart(10),
        figure(took[Math.floor(took.length / 2)]).padStart(17), figure(took.at(-1)).padStart(8),
      ].join('  '))
    }
  }
  return failed === 0 ? 0 : 1
}
