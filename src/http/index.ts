/** The entry point of the HTTP module, which is loaded only when the settings file has an [http] section. */
export { createHttpServer, type HttpServer } from './http-server.ts'
export type { HttpSettings, HttpWorld, KeepFacts, LookupFacts, ProcessFacts, SaveFacts } from './world.ts'
