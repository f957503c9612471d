/** The entry point of our own state: the file beside sentinel.conf for what that has no line for. */
export { OwnStateFile, type OwnStateFileOptions } from './own-state-file.ts'
export { ownStatePath, readOwnState, type Reading, type Unusable } from './read.ts'
