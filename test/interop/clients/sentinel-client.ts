import type { Address } from '../../../src/harness/index.ts'

/** What a client library is told about a deployment. */
export interface ClientSetup {
  readonly masterName: string
  readonly sentinels: readonly Address[]
  readonly sentinelPassword: string | undefined
  readonly password: string | undefined
}

/** A client library by the three things that it does with sentinels. Each rejects with the library's own error. */
export interface SentinelClient {
  /** `host:port` of the master it finds. */
  master(): Promise<string>
  /** `host:port` of each replica it finds. */
  replicas(): Promise<readonly string[]>
  /** Writes through the library's own way to the master. */
  write(key: string, value: string): Promise<void>
  close(): void | Promise<void>
}
