/** The door of the logging: the Logger port on pino, in the line format of the original. */
export { createLogger, type LoggerOptions, type LogThreshold, type SentinelLogger } from './logger.ts'
export { redisLine } from './redis-line-format.ts'
