import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {trustedAuthorities} from '../../../src/diagnostics/collect/trusted-authorities.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

test('the CAs of the runtime are trusted where its variables name others than ours', () => {
  const file = join(tempDir(), 'ca.pem')
  writeFileSync(file, '-----BEGIN CERTIFICATE-----\nours\n')
  expect(trustedAuthorities({NODE_EXTRA_CA_CERTS: file})?.toString()).toMatch(/CERTIFICATE-----\nours/)
  expect(trustedAuthorities({NODE_EXTRA_CA_CERTS: `${file}.gone`})?.toString()).toMatch(/BEGIN CERTIFICATE/)
})

test('nothing is said where they are the same', () => {
  expect(trustedAuthorities({NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS})).toBeUndefined()
})
