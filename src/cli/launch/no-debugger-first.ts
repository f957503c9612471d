/** Must be imported before all other modules: modules run in the order of their imports. */
import { dieOfSigusr1 } from './no-debugger.ts'

dieOfSigusr1()
