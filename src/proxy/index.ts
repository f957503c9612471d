/** The entry point of the proxy, which only its command loads. */
export { Proxy, type ProxyOptions, type ProxyTls } from './proxy.ts'
export { DIRECTIVES } from './settings/directives.ts'
export { readSettings, type SettingsRead } from './settings/read-settings.ts'
export { loginWords, type ProxySettings } from './settings/settings.ts'
export type { FromWorker, ToWorker } from './workers/messages.ts'
export { WorkerProxy } from './workers/worker-proxy.ts'
