import { CommandCatalogue } from '../acl/index.ts'
import { ACL_CATEGORIES } from './command-spec.ts'
import { COMMANDS } from './table.ts'

/** The commands and categories that ACL rules can name. Renamed commands keep their names there, as in the original. */
export const COMMAND_CATALOGUE = new CommandCatalogue(COMMANDS, ACL_CATEGORIES)
