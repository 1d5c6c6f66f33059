import {lookup} from 'node:dns/promises'
import {isIP} from 'node:net'
import {errnoCode} from '../../shared/errors.ts'
import type {Collector} from '../live-facts.ts'

/** The addresses of a host, asked as every program of this machine does (hosts file, DNS). */
export const netDns: Collector<'net.dns'> = {
  kind: 'net.dns',
  timeoutMs: 4000,
  async collect(host, {clock}) {
    if (isIP(host) !== 0) return {state: 'known', value: {addresses: [host], code: null, ms: 0}}
    const started = clock.now()
    const ms = (): number => Math.round(clock.now() - started)
    try {
      const addresses = (await lookup(host, {all: true})).map(({address}) => address)
      return {state: 'known', value: {addresses, code: null, ms: ms()}}
    } catch (error) {
      return {state: 'known', value: {addresses: [], code: errnoCode(error) ?? 'FAILED', ms: ms()}}
    }
  },
}
