import { REPORTED_REDIS_VERSION } from '../commands/index.ts'

/** The release of ts-sentinel; `test/tidy` compares it with package.json. */
export const PACKAGE_VERSION = '0.1.0'

/** The facts in the output of `--version` and the first log lines, which scripts parse. */
export const BUILD_FACTS = Object.freeze({
  version: REPORTED_REDIS_VERSION,
  allocator: 'libc',
  build: Buffer.from(PACKAGE_VERSION).toString('hex'),
})
