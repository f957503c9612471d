/** The script of the page: what it asks the sentinel, and when. */
import { Dashboard } from './dashboard.ts'

new Dashboard().start()
