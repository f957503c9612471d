/** The entry point of the log: the Logger port on pino, in the line format of the original or as JSON. */
export { createLogger, type LogFormat, type LoggerOptions, type LogThreshold, type SentinelLogger } from './logger.ts'
export { redisLine } from './redis-line-format.ts'
