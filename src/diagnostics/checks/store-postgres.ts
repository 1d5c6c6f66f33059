import {type Check, fail, pass, skip, warn} from '../check.ts'
import {formatHostPort} from '../host-port.ts'

const waiting = 'rows wait in <state>/spool meanwhile'

/** The words of PostgreSQL for what is wrong with the URL. */
const refusals = [
  {
    says: /password authentication failed|no password supplied|client password must be|role .* does not exist|SASL/i,
    remedy: 'correct user and password in observability.request_log.postgres.url',
  },
  {says: /database .* does not exist/i, remedy: 'createdb it, or correct the name at the end of the url'},
  {says: /no pg_hba\.conf entry/i, remedy: 'let this host in: a line in pg_hba.conf, then pg_ctl reload'},
  {says: /permission denied/i, remedy: 'GRANT its user CREATE on the schema, and SELECT and INSERT on request_logs'},
  {
    says: /does not support SSL/i,
    remedy: 'turn ssl on there, or write sslmode=disable in the url where the way is safe',
  },
  {says: /ECONNREFUSED/, remedy: 'start it (systemctl start postgresql), or correct host and port in the url'},
]

/** PostgreSQL lets us in and has the request log. */
export const storePostgres: Check<['store.postgres']> = {
  id: 'store.postgres',
  category: 'stores',
  severity: 'fail',
  title: 'PostgreSQL can be reached and has the request log',
  docs: 'postgresql-cannot-be-read',
  after: ['config.valid'],
  needs: () => ['store.postgres'],
  run([postgres], {outline}) {
    if (outline?.requestLog !== 'postgres') return [skip('', 'no request log in PostgreSQL is configured')]
    const address = outline.postgres ? formatHostPort(outline.postgres) : ''
    const remedy = `psql with the URL of observability.request_log.postgres; ${waiting}`
    if (postgres.state !== 'known') {
      const why =
        postgres.state === 'timeout'
          ? 'it accepts connections and says nothing'
          : postgres.why.replace(/^(?:store\.postgres: )?(?:PostgreSQL cannot be read: )?/, '')
      const known = refusals.find(({says}) => says.test(why))
      return [
        fail(address, `PostgreSQL cannot be read: ${why}`, {remedy: known ? `${known.remedy}; ${waiting}` : remedy}),
      ]
    }
    if (!postgres.value.rows)
      return [warn(address, 'PostgreSQL has no table request_logs yet', {remedy: 'the runtime makes it when it may'})]
    return [pass(address, `PostgreSQL has the request log (${postgres.value.ms} ms)`)]
  },
}
