/** Feeds many bad inputs to everything that bytes from outside get to. The same seed gives the same inputs. */
import { writeFileSync } from 'node:fs'
import { readOptions, wholeNumber } from '../bench/figures.ts'
import { formatTable } from '../bench/table.ts'
import { fuzzSurface, type Fuzzed } from './fuzz-surface.ts'
import { biasToLong } from './mutator.ts'
import { SURFACES } from './surfaces.ts'

const USAGE = `Fuzzes requests, configuration files, INFO replies, hello payloads, reply streams, and clients and nodes of the proxy.
Ends with status 1 when anything breaks.

Options:
  --inputs <n>       how many in total (default 1000000)
  --seed <n>         default 1
  --long <percent>   of the words and numbers put in, how many are long (default 2)
  --surface <name>   one of them alone
  --case <n>         one case alone, as it is named with a finding
  --out <file>       where the results go as JSON`

const options = readOptions(USAGE, { long: '2', inputs: '1000000', seed: '1', surface: '', case: '' })
const inputs = wholeNumber('inputs', options.inputs)
const seed = wholeNumber('seed', options.seed)
biasToLong(wholeNumber('long', options.long))
const rssBefore = process.memoryUsage.rss()
const surfaces = SURFACES.filter(({ name }) => options.surface === '' || name === options.surface)
if (surfaces.length === 0) throw new Error(`--surface is one of: ${SURFACES.map(({ name }) => name).join(', ')}`)

const shares = surfaces.reduce((sum, { share }) => sum + share, 0)
const results: Fuzzed[] = []
for (const surface of surfaces) {
  const quota = Math.ceil(inputs * surface.share / shares)
  const only = options.case === '' ? undefined : wholeNumber('case', options.case)
  const result = await fuzzSurface(surface, { seed, inputs: quota, ...(only !== undefined && { only }) })
  results.push(result)
  console.log(`${surface.name}: ${result.inputs} inputs in ${(result.ms / 1000).toFixed(1)} s, ${result.findings.length} findings`)
  for (const { at, text } of result.findings) {
    console.log(`FINDING, --seed ${seed} --surface '${surface.name}' --case ${at}:\n  ${text}`)
  }
}
const total = (key: 'inputs' | 'ms'): number => results.reduce((sum, one) => sum + one[key], 0)
console.log(`\n${formatTable([
  ['surface', 'inputs', 'seconds', 'slowest case, ms', 'held, ms', 'held, ms of CPU', 'in case', 'findings'],
  ...results.map((one) => [
    one.name, String(one.inputs), (one.ms / 1000).toFixed(1), one.slowestMs.toFixed(0),
    one.held.wallMs.toFixed(1), one.held.cpuMs.toFixed(1), String(one.held.at), String(one.findings.length),
  ]),
  ['total', String(total('inputs')), (total('ms') / 1000).toFixed(1), '', '', '', '', ''],
])}`)
const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
const rssPeak = Math.max(...results.map(({ rssPeakBytes }) => rssPeakBytes))
console.log(`Memory: ${mib(rssBefore)} MiB before, ${mib(rssPeak)} MiB at most, ${mib(process.memoryUsage.rss())} MiB after.`)
if (options.out !== undefined) {
  writeFileSync(options.out, JSON.stringify({ what: 'fuzz', node: process.version, seed, results }, null, 2))
}
if (results.some(({ findings }) => findings.length > 0)) process.exitCode = 1
