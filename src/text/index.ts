/** The entry point of the texts: pure functions over strings for all modules, including the browser code. */
export { fromBytes, isCleanText, toBytes } from './byte-text.ts'
export { count } from './count.ts'
export { hostAndPort } from './host-and-port.ts'
export { lowerAscii } from './lower-ascii.ts'
export { nearestWord } from './nearest-word.ts'
export { knownSystemError, systemErrorCode, systemErrorText } from './system-errors.ts'
export { UNSAFE_CHARACTERS, visibleLines, visibleText } from './visible-text.ts'
export { quoteWord, splitWords, writeWord } from './words.ts'
