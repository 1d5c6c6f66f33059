import {type Check, fail, notSeen, pass, skip, warn} from '../check.ts'
import {formatHostPort} from '../host-port.ts'

const slowMs = 40

/** The words of Redis for what its URL lacks. */
const refusals = [
  {
    says: /^NOAUTH/,
    remedy:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the operator writes it like that
      'put the password into its url, redis://:${REDIS_PASSWORD}@host:port, and the variable where the runtime starts',
  },
  {
    says: /^WRONGPASS|invalid (?:username|password)|without any password/i,
    remedy: 'correct user and password in its url',
  },
  {says: /DB index/i, remedy: 'correct the number of the database at the end of its url'},
  {says: /^HTTP\//, remedy: 'correct host and port in its url: a web server is there'},
  {says: /^(?:LOADING|MASTERDOWN)/, remedy: 'wait until it has its data; the runtime goes on by itself meanwhile'},
]

/** Redis answers, with the configured credentials. */
export const storeRedis: Check<['store.redis']> = {
  id: 'store.redis',
  category: 'stores',
  severity: 'fail',
  title: 'Redis answers',
  docs: 'redis-does-not-answer',
  after: ['config.valid'],
  needs: ({outline}) => [`store.redis:${outline?.redis ? formatHostPort(outline.redis) : ''}`],
  run([redis], {outline}) {
    if (!outline?.redis) return [skip('', 'no Redis is configured')]
    const address = formatHostPort(outline.redis)
    const plain = redis.state === 'absent' && /SSL/.test(redis.why)
    const remedy = plain
      ? 'it speaks no TLS there: write redis:// in its url, or name its TLS port'
      : `redis-cli -h ${outline.redis.host} -p ${outline.redis.port} ping; the runtime goes on by itself meanwhile`
    if (redis.state === 'absent' || redis.state === 'timeout')
      return [
        fail(
          address,
          `Redis does not answer: ${redis.state === 'timeout' ? 'it accepts connections and says nothing' : redis.why}`,
          {remedy},
        ),
      ]
    if (redis.state !== 'known') return [notSeen(redis, address)]
    const {answer, ms, replica = false} = redis.value
    if (answer !== '+PONG') {
      const said = answer.replace(/^-/, '').replace(/\.+$/, '')
      return [
        fail(address, `Redis does not answer a PING: ${said || 'it closed the connection'}`, {
          remedy: refusals.find(each => each.says.test(said))?.remedy ?? remedy,
        }),
      ]
    }
    if (replica)
      return [
        warn(address, 'Redis answers, and is a replica: what is written there is refused', {
          evidence: [`ROLE says slave`],
          remedy: 'name its master in the url',
        }),
      ]
    if (ms > slowMs)
      return [
        warn(address, `Redis answers late: ${ms} ms`, {evidence: ['commands have 50 ms'], remedy: 'bring it nearer'}),
      ]
    return [pass(address, `Redis answers (${ms} ms)`)]
  },
}
