/** The entry point of HTTP. Loaded only when the settings file has an [http] section. */
export { createHttpServer, type HttpServer } from './http-server.ts'
export type { HttpSettings, HttpWorld, ProcessFacts, SaveFacts } from './world.ts'
