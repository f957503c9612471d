/**
 * The same text in memory of its own. V8 makes a part of a text by pointing into the whole: a run id of 40 characters
 * would keep an INFO reply of some 5 KB for as long as the node is known.
 */
export function ownText(part: string): string {
  return ` ${part}`.slice(1)
}
