/** To be imported before every other module: modules run in the order of their imports. */
import { dieOfSigusr1 } from './no-debugger.ts'

dieOfSigusr1()
