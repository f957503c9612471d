/** The entry point of our own state: the files beside sentinel.conf for what that has no line for. */
export { eventsPath, EventFile, readEvents, type EventFileOptions, type EventsReading } from './event-file.ts'
export { EventKeeper, type EventKeeperOptions } from './event-keeper.ts'
export { OwnStateFile, type OwnStateFileOptions } from './own-state-file.ts'
export { ownStatePath, readOwnState, type Reading } from './read.ts'
export type { Unusable } from './unusable-file.ts'
