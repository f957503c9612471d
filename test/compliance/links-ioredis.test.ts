/** The links of production against real redis-server processes. */
import { createLinks } from '../../src/links/index.ts'
import { linksCompliance } from './links-compliance.ts'
import { RealLinksWorld } from './real-links-world.ts'

linksCompliance('ioredis against redis-server', () => (
  Promise.resolve(new RealLinksWorld((sink) => createLinks({ sink })))
))
