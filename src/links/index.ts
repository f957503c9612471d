/** The entry point of the links: outgoing connections and name lookup. */
export { createDnsResolver, type DnsResolverOptions } from './dns-resolver.ts'
export { encodeCommand } from './encode-command.ts'
export { createLinks, type LinksOptions } from './links.ts'
export { createSentinelAsker, type SentinelAskerOptions } from './sentinel-asker.ts'
export { ReplyReader } from './reply-reader.ts'
