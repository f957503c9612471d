/** The links of production against real redis-server processes. */
import { createLinks } from '../../src/links/index.ts'
import { linksCompliance } from './links-compliance.ts'
import { RealLinksWorld } from './real-links-world.ts'

linksCompliance('sockets against redis-server', () => (
  Promise.resolve(new RealLinksWorld((sink) => createLinks({ sink })))
))

// mTLS, as tls-replication has it (config.md 4.2).
linksCompliance('sockets against redis-server with TLS', () => Promise.resolve(new RealLinksWorld(
  (sink, tls) => createLinks({ sink, ...(tls !== undefined && { tls: () => tls }) }),
  { tls: true },
)))
