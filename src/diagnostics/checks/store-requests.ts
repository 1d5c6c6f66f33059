import {databaseCheck} from './database-check.ts'

/** The request log and the health history can be read. */
export const storeRequests = databaseCheck({
  id: 'store.requests',
  title: 'requests.db is sound',
  docs: 'the-request-log-is-damaged',
  file: 'requests.db',
  name: 'the request log',
  requestLog: true,
})
