import { appendFileSync } from 'node:fs'

/** One measured round of an acceptance scenario. */
export interface Figure {
  readonly scenario: string
  readonly round: number
  /** Named values: milliseconds, counts or words. */
  readonly values: Readonly<Record<string, number | string>>
}

/** Prints a figure and hands it to the acceptance runner, if one is listening. */
export function report(figure: Figure): void {
  const values = Object.entries(figure.values).map(([name, value]) => `${name} ${shown(value)}`).join(', ')
  process.stdout.write(`${figure.scenario} round ${figure.round}: ${values}\n`)
  const file = process.env['ACCEPTANCE_REPORT']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(figure)}\n`)
}

function shown(value: number | string): string {
  return typeof value === 'number' ? String(Math.round(value)) : value
}
