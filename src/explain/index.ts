/** The entry point of the explanations: why a failover happens or does not, in words that all outputs share. */
export { addressText } from './address-text.ts'
export { durationText } from './duration-text.ts'
export { explanationFields, type Field } from './explanation-fields.ts'
export { abortWord, failoverFields, failoverText } from './failover-words.ts'
export { obstacleText } from './obstacle-words.ts'
export { quorumVerdict, type QuorumVerdict } from './quorum-words.ts'
export { problemText } from './problem-words.ts'
export { exclusionText, replicaText, sentinelText } from './node-words.ts'
