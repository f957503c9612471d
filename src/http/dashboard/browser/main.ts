/** The entry point of the page's script. */
import { Dashboard } from './dashboard.ts'

new Dashboard().start()
