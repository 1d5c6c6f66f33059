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

/** What `--quick` looks at: the guide's five questions and what they rest on. Nothing heavy is loaded for them. */
export const quickChecks: readonly Check[] = [
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
