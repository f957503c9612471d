import { formatAddress, type ScenarioResult } from '../../harness/index.ts'
import { setupOf, type DrillReport } from './report.ts'
import { figuresOf } from './result-table.ts'

/** The results in JUnit's format, with one test case for each scenario. */
export function junitXml(report: DrillReport): string {
  const { results, startedAt } = report
  const count = (verdict: ScenarioResult['verdict']): number => results.filter((one) => one.verdict === verdict).length
  const seconds = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length}" failures="${count('failed')}" time="${seconds.toFixed(3)}">`,
    `  <testsuite name="ts-sentinel drill" tests="${results.length}" failures="${count('failed')}" errors="0" `
    + `skipped="${count('skipped')}" time="${seconds.toFixed(3)}" timestamp="${new Date(startedAt).toISOString().slice(0, 19)}">`,
    '    <properties>',
    ...propertiesOf(report).map(([name, value]) => `      <property name="${name}" value="${escaped(String(value))}"/>`),
    '    </properties>',
    ...results.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

/** Name and value of each. */
function propertiesOf({ versions, limits, results }: DrillReport): readonly (readonly [string, string | number])[] {
  const { proxy, ...setup } = setupOf(results) ?? {}
  return Object.entries({
    ...versions, ...limits, ...setup,
    ...(proxy !== undefined && { proxy: formatAddress(proxy.address) }),
    ...(proxy?.mode !== undefined && { proxyMode: proxy.mode }),
  })
}

function testCase(result: ScenarioResult): string {
  const { scenario, verdict, problem = '', durationMs } = result
  const figures = figuresOf(result).map(([name, value]) => `${name}: ${value}`).join('\n')
  return [
    `    <testcase classname="ts-sentinel.drill" name="${escaped(scenario)}" time="${(durationMs / 1_000).toFixed(3)}">`,
    ...verdict === 'failed' ? [`      <failure message="${escaped(problem)}"/>`] : [],
    ...verdict === 'skipped' ? [`      <skipped message="${escaped(problem)}"/>`] : [],
    `      <system-out>${escaped(figures)}</system-out>`,
    '    </testcase>',
  ].join('\n')
}

/** Escapes a text for XML and HTML, including attributes. Characters that XML 1.0 forbids are left out. */
export function escaped(text: string): string {
  const legal = [...text].filter((character) => {
    const code = character.codePointAt(0) ?? 0
    return code >= 0x20 || character === '\n' || character === '\t'
  }).join('')
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
