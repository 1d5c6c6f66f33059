import {logsView} from './logs.ts'
import {overviewView} from './overview.ts'
import {requestsView} from './requests.ts'
import {serversView} from './servers.ts'
import type {View} from './view.ts'

/** Every view, in the order of its number key: a new one is one line here. */
export const views: readonly View[] = [overviewView, serversView, requestsView, logsView]
