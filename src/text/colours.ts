/** A stream that text is written to. */
export interface TextOutput {
  readonly isTTY?: boolean
}

/** Whether to write colours: only on a terminal, and never when NO_COLOR is set (https://no-color.org). */
export function usesColour(output: TextOutput, environment: Readonly<Record<string, string | undefined>>): boolean {
  return output.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
}

/** A function that gives a text a colour of ECMA-48 (31 red, 32 green), or leaves it as it is. */
export function paint(coloured: boolean, code: number): (text: string) => string {
  return (text) => coloured ? `\u001b[${code}m${text}\u001b[0m` : text
}
