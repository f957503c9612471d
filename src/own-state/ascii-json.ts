/** JSON in ASCII: names are byte text (`src/text/byte-text.ts`), and the file must be valid in every encoding. */
export function asciiJson(value: unknown): string {
  return inAscii(JSON.stringify(value))
}

/** JSON text with every character that is not in ASCII escaped. */
export function inAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (character) => (
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  ))
}
