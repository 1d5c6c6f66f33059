import type {Check} from '../check.ts'
import {configFound} from './config-found.ts'
import {configValid} from './config-valid.ts'
import {controlAnswers} from './control-answers.ts'
import {healthEndpoint} from './health-endpoint.ts'
import {logsRecentErrors} from './logs-recent-errors.ts'
import {portListening} from './port-listening.ts'
import {portOwner} from './port-owner.ts'
import {processRunning} from './process-running.ts'
import {serversUp} from './servers-up.ts'

/**
 * Every check, in reading order. A new one: a file, a line here, its cases in test/diagnostics/checks, and a section
 * in docs/troubleshooting.md.
 */
export const catalogue: readonly Check[] = [
  configFound,
  configValid,
  portOwner,
  processRunning,
  controlAnswers,
  portListening,
  serversUp,
  healthEndpoint,
  logsRecentErrors,
]
