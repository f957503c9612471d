import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { runStep } from '../../../src/cli/quickstart/checkout-step.js'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-step-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

describe('a step of npm run quickstart before the story', () => {
  it('prints its title, its progress while the command runs, and how long it took', async () => {
    const enough = join(folder, 'enough')
    const lines: string[] = []
    const status = await runStep({
      title: '[1/2] Installing', everyMs: 20, progress: () => '17 packages',
      command: [process.execPath, '-e', `setInterval(() => { if (fs.existsSync(${JSON.stringify(enough)})) process.exit(0) }, 5)`],
      print: (line) => {
        lines.push(line)
        if (line.includes('17 packages') && !existsSync(enough)) writeFileSync(enough, '')
      },
    })
    expect(status).toBe(0)
    expect(lines[0]).toBe('[1/2] Installing ...')
    expect(lines[1]).toMatch(/^ {2}\d+ s, 17 packages \.\.\.$/)
    expect(lines.at(-1)).toMatch(/^ {2}done after \d+ s$/)
  })

  it('ends with the status of a command that fails, and names the command', async () => {
    const lines: string[] = []
    const status = await runStep({ title: 'Building', command: [process.execPath, '-e', 'process.exit(3)'], print: (line) => { lines.push(line) } })
    expect(status).toBe(3)
    expect(lines.at(-1)).toMatch(/failed after \d+ s: .* ended with 3$/)
  })
})
