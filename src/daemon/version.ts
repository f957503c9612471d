import { REPORTED_REDIS_VERSION } from '../commands/index.ts'

/** Our own release; `test/tidy` compares it with package.json. */
export const PACKAGE_VERSION = '0.1.0'

/** What `--version` and the first log lines name; scripts take them apart. */
export const BUILD_FACTS = Object.freeze({
  version: REPORTED_REDIS_VERSION,
  allocator: 'libc',
  build: Buffer.from(PACKAGE_VERSION).toString('hex'),
})
