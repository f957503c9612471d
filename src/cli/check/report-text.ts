import type { CheckDocument } from '../../documents/index.ts'
import type { Finding, Level } from './finding.ts'
import type { CheckOptions } from './options.ts'

const LEVELS: readonly Level[] = ['error', 'warning', 'advice']

/** 0 when there are neither errors nor warnings, otherwise 1. */
export function exitStatus(findings: readonly Finding[]): number {
  return findings.some(({ level }) => level !== 'advice') ? 1 : 0
}

export function reportText({ files, offline }: CheckOptions, findings: readonly Finding[]): string {
  const sorted = LEVELS.flatMap((level) => findings.filter((one) => one.level === level))
  const parts = sorted.map(({ level, code, where, line, what, todo }) => (
    `${level.toUpperCase()}  ${line === undefined ? where : `${line}  ${where}`}  [${code}]\n  ${what.replace(/\.$/, '').replaceAll('\n', '\n  ')}.\n  To do: ${todo}.\n`
  ))
  return [...parts, `${files.join(', ')}: ${summary(findings)}${offline ? ' (offline; nodes not contacted)' : ''}.\n`].join('\n')
}

function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'no problems found'
  const counts = LEVELS.map((level) => [level, findings.filter((one) => one.level === level).length] as const)
  const words = { error: ['error', 'errors'], warning: ['warning', 'warnings'], advice: ['piece of advice', 'pieces of advice'] } as const
  return `${counts.filter(([, many]) => many > 0).map(([level, many]) => `${many} ${words[level][many === 1 ? 0 : 1]}`).join(', ')}`
}

export function jsonText({ files, offline }: CheckOptions, findings: readonly Finding[]): string {
  const document: CheckDocument = {
    schemaVersion: 1, files, nodesAsked: !offline, ok: exitStatus(findings) === 0,
    findings: findings.map((one) => ({ ...one, line: one.line ?? null })),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
