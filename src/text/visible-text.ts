/**
 * Escapes characters that control a terminal or mislead a reader instead of being shown. A node or client could use
 * them to forge lines of a log, or to show one name as another.
 */

/**
 * Control characters except line feed and tab, marks that change the direction of text, and line ends of Unicode. The
 * text is the content of a character class of a regular expression.
 */
export const UNSAFE_CHARACTERS = (
  String.raw`\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069`
)

/** U+DC80 to U+DCFF represent bytes that are not UTF-8 (byte-text.ts). */
const LINES = new RegExp(String.raw`[${UNSAFE_CHARACTERS}\udc80-\udcff]`, 'gu')
const LINE = new RegExp(String.raw`[\t\n${UNSAFE_CHARACTERS}\udc80-\udcff]`, 'gu')

const SHORT = new Map([['\n', String.raw`\n`], ['\r', String.raw`\r`], ['\t', String.raw`\t`]])

/** One line in which every character is visible: `\n` and `\x1b` as the original quotes them, and `\u202e`. */
export function visibleText(text: string): string {
  return text.replace(LINE, escaped)
}

/** The same for text of several lines; line feeds and tabs are kept. A JSON document keeps its meaning. */
export function visibleLines(text: string): string {
  return text.replace(LINES, escaped)
}

function escaped(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return SHORT.get(character) ?? `\\x${hex(code, 2)}`
  return code >= 0xdc80 && code <= 0xdcff ? `\\x${hex(code - 0xdc00, 2)}` : `\\u${hex(code, 4)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
