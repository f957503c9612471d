/** The entry point of the log: implements the Logger port with pino, in the original's line format or as JSON. */
export { createLogger, type LogFormat, type LoggerOptions, type LogThreshold, type SentinelLogger } from './logger.ts'
export { redisLine } from './redis-line-format.ts'
