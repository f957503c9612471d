/**
 * Runs the commands of a page of docs/runbooks against a deployment: each line of its `sh` blocks, with the addresses
 * of the page replaced. The block without a language after them has lines that their output must contain.
 */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { formatAddress, type Deployment } from '../../../src/harness/index.ts'
import { codeBlocks } from '../../tidy/code-blocks.ts'
import { readProjectFile } from '../../tidy/project-files.ts'

/** Commands that the tests do not run: they change the software of a machine. */
const OUTSIDE: readonly RegExp[] = [/^sudo apt-get install /, /^sudo npm install /]

/** For the whole command, waiting included. */
const COMMAND_MS_MAX = 60_000

const PROGRAM = join(import.meta.dirname, '../../../dist/ts-sentinel.js')

/** Hosts of the pages: those of data nodes and of sentinels, in the order of the deployment. */
const NODE_HOSTS = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']
const SENTINEL_HOSTS = ['10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14']

export interface Step {
  /** Line of the page. */
  readonly line: number
  readonly commands: readonly string[]
  /** Lines of the output; `…` is in the place of any text, and every number of any other. */
  readonly expected: readonly string[]
}

/** The steps of the sections with these headings, in the order of the page. */
export function runbookSteps(page: string, headings: readonly string[]): readonly Step[] {
  const text = readProjectFile(page)
  const lines = text.split('\n')
  const headingOf = (line: number): string => lines.slice(0, line).findLast((one) => one.startsWith('## '))?.slice(3) ?? ''
  const steps: Step[] = []
  for (const { language, line, code } of codeBlocks(page, text)) {
    if (!headings.includes(headingOf(line))) continue
    const rows = code.split('\n').filter((row) => row.trim() !== '')
    const last = steps.at(-1)
    if (language === 'sh') steps.push({ line, commands: rows, expected: [] })
    else if (last !== undefined) steps[steps.length - 1] = { ...last, expected: rows }
  }
  return steps
}

/** Headings of the page that have commands. */
export function runbookHeadings(page: string): readonly string[] {
  const text = readProjectFile(page)
  return [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading).filter((heading) => runbookSteps(page, [heading]).length > 0)
}

/** What a step printed, with the addresses of the page. */
export interface StepRun {
  readonly step: Step
  readonly output: string
}

export class RunbookRunner {
  readonly #deployment: Deployment
  readonly #path: string

  constructor(deployment: Deployment) {
    this.#deployment = deployment
    const folder = join(deployment.folder, 'bin')
    mkdirSync(folder)
    writeFileSync(join(folder, 'ts-sentinel'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`)
    chmodSync(join(folder, 'ts-sentinel'), 0o755)
    this.#path = `${folder}:${process.env['PATH'] ?? ''}`
  }

  /** Runs the steps. @throws Error with the line of the page and the output when it differs */
  async run(page: string, ...headings: readonly string[]): Promise<readonly StepRun[]> {
    const runs: StepRun[] = []
    for (const step of runbookSteps(page, headings)) {
      let output = ''
      for (const command of step.commands) output += await this.#command(page, step, command)
      const missing = missingLines(step.expected, output)
      if (missing.length > 0) throw new Error(`${page}:${step.line}: not in the output: ${missing.join(' / ')}\n${output}`)
      runs.push({ step, output })
    }
    return runs
  }

  async #command(page: string, step: Step, line: string): Promise<string> {
    const [command = '', comment = ''] = line.split(/ # (?=exit status)/)
    const wanted = Number(/exit status (\d)/.exec(comment)?.[1] ?? '0')
    const [, host, remote] = /^ssh (\S+) (.*)$/.exec(command) ?? []
    const { status, output } = host === undefined || remote === undefined
      ? await this.#shell(this.#translated(command))
      : await this.#remote(host, remote)
    const read = this.#withPageAddresses(output)
    if (status !== wanted) throw new Error(`${page}:${step.line}: ${command}: exit status ${status}, not ${wanted}\n${read}`)
    return read
  }

  async #remote(host: string, command: string): Promise<{ readonly status: number, readonly output: string }> {
    if (OUTSIDE.some((pattern) => pattern.test(command))) return { status: 0, output: '' }
    const [, action, service] = /^sudo systemctl (start|stop|restart|disable --now) (redis-server|ts-sentinel)$/.exec(command) ?? []
    const machine = this.#machine(host)
    if (action === undefined || (service === 'ts-sentinel') !== SENTINEL_HOSTS.includes(host)) {
      if (!command.startsWith('ts-sentinel check /etc/redis/sentinel.conf')) throw new Error(`no test can run "${command}" on ${host}`)
      return this.#shell(command.replace('/etc/redis/sentinel.conf', machine.configFile))
    }
    if (action !== 'start') await machine.stop()
    if (action === 'start' || action === 'restart') await machine.start()
    return { status: 0, output: '' }
  }

  #machine(host: string) {
    const { group: { nodes }, sentinels } = this.#deployment
    const machine = nodes[NODE_HOSTS.indexOf(host)] ?? sentinels[SENTINEL_HOSTS.indexOf(host)]
    if (machine === undefined) throw new Error(`no process of the deployment is ${host}`)
    return machine
  }

  /** `10.0.0.1:6379`, `-h 10.0.0.1 -p 6379`. */
  #translated(command: string): string {
    return command.replace(/(10\.0\.0\.\d+)(:| -p )(?:26379|6379)/g, (_, host: string, between: string) => {
      const { address } = this.#machine(host)
      return `${address.host}${between}${address.port}`
    })
  }

  #withPageAddresses(output: string): string {
    const { group: { nodes }, sentinels } = this.#deployment
    const known = [
      ...nodes.map(({ address }, at) => [address, `${NODE_HOSTS[at]}:6379`] as const),
      ...sentinels.map(({ address }, at) => [address, `${SENTINEL_HOSTS[at]}:26379`] as const),
    ]
    return known.reduce((text, [address, name]) => (
      // The reply of GET-MASTER-ADDR-BY-NAME has the host and the port in lines of their own.
      text.replaceAll(formatAddress(address), name).replaceAll(`${address.host}\n${address.port}\n`, `${name.replace(':', '\n')}\n`)
    ), output)
  }

  #shell(command: string): Promise<{ readonly status: number, readonly output: string }> {
    return new Promise((resolve, reject) => {
      const options = { env: { ...process.env, PATH: this.#path }, timeout: COMMAND_MS_MAX, encoding: 'utf8' } as const
      execFile('bash', ['-c', command], options, (error, stdout, stderr) => {
        if (error?.killed === true) reject(new Error(`${command} did not end within ${COMMAND_MS_MAX} ms\n${stdout}${stderr}`))
        else resolve({ status: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}` })
      })
    })
  }
}

/** The expected lines that no line of the output has. */
function missingLines(expected: readonly string[], output: string): string[] {
  const lines = output.split('\n').map(shape)
  return expected.filter((wanted) => {
    const parts = shape(wanted).split('…').map((part) => part.trim())
    return !lines.some((line) => {
      let at = 0
      return parts.every((part) => {
        const found = line.indexOf(part, at)
        at = found + part.length
        return found >= 0
      })
    })
  })
}

/** Numbers become `#`, but not those of addresses; blanks are counted once. */
function shape(line: string): string {
  return line.replace(/(10\.0\.0\.\d+(?::\d+)?)|\d+/g, (_, address: string | undefined) => address ?? '#').replace(/\s+/g, ' ').trim()
}
