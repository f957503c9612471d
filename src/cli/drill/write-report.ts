import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { drillDocument } from './drill-document.ts'
import { htmlPage } from './html-page.ts'
import { junitXml } from './junit.ts'
import type { DrillReport } from './report.ts'

/** Writes the three files of a report. @returns their paths */
export function writeReport(folder: string, report: DrillReport): string[] {
  mkdirSync(folder, { recursive: true })
  const files = [
    ['drill.json', `${JSON.stringify(drillDocument(report), null, 2)}\n`],
    ['junit.xml', junitXml(report)],
    ['index.html', htmlPage(report)],
  ] as const
  return files.map(([name, text]) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  })
}
