import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Installing over a slow line takes minutes; nothing here takes longer. */
const RUN_MS = 10 * 60_000

/** What a program said, both streams in one, and how it ended. */
export interface Ran {
  readonly code: number | null
  readonly output: string
}

/** An empty project of a user, outside of this one. */
export class ScratchProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-package-'))

  constructor() {
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ name: 'scratch', private: true, type: 'module' }))
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text)
  }

  /** Copies a folder of this project's files into it. */
  copy(from: string): void {
    cpSync(from, this.folder, { recursive: true })
  }

  async install(...packages: readonly string[]): Promise<void> {
    await this.mustRun('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages])
  }

  /** @throws Error with the output unless it ends with 0 */
  async mustRun(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, output } = await this.run(file, args, env)
    if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${output}`)
    return output
  }

  run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((resolve, reject) => {
      // What this project sets for its own tests must not reach the installed package.
      const { TS_SENTINEL_JS: _, ...environment } = process.env
      const child = spawn(file, [...args], {
        cwd: this.folder, env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS,
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => { output += bytes.toString() })
      child.once('error', reject)
      child.once('close', (code) => { resolve({ code, output }) })
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
