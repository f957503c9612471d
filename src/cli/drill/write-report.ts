import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ScenarioResult } from '../../harness/index.ts'
import { htmlPage } from './html-page.ts'
import { junitXml } from './junit.ts'

/** Writes the three files of a report. @returns their paths */
export function writeReport(folder: string, results: readonly ScenarioResult[]): string[] {
  mkdirSync(folder, { recursive: true })
  const files = [
    ['drill.json', `${JSON.stringify({ results }, null, 2)}\n`],
    ['junit.xml', junitXml(results)],
    ['index.html', htmlPage(results)],
  ] as const
  return files.map(([name, text]) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  })
}
