import {describe, expect, it} from 'vitest'
import {type Envelope, type EnvelopeFault, type ScanLimits, scanMessage} from '../../src/mcp/envelope.ts'
import fc from '../helpers/properties.ts'

function message(text: string | Buffer): Envelope {
  const result = scanMessage(Buffer.from(text))
  if (!result.ok) throw new Error(`${result.fault}: ${result.why}`)
  return result.message
}

function refusal(text: string | Buffer, limits?: ScanLimits): {fault: EnvelopeFault; why: string; id: string | null} {
  const result = scanMessage(Buffer.from(text), limits)
  if (result.ok) throw new Error('it was taken')
  return {fault: result.fault, why: result.why, id: result.id?.toString() ?? null}
}

describe('a JSON-RPC message', () => {
  it('that has a method and an id is a request, its params untouched', () => {
    const text = ' { "id" : 1 , "params" : {"name":"a\\u0062", "n":1.0} , "method":"tools/call","jsonrpc":"2.0"}\n'
    const {kind, method, id, params} = message(text)
    expect({kind, method, id: id?.bytes.toString()}).toEqual({kind: 'request', method: 'tools/call', id: '1'})
    expect(text.slice(params?.start, params?.end)).toBe('{"name":"a\\u0062", "n":1.0}')
  })

  it('that has a method and no id is a notification', () => {
    expect(message('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toEqual({
      kind: 'notification',
      method: 'notifications/initialized',
      id: null,
      params: null,
      result: null,
      error: null,
    })
  })

  it('that has a result or an error is an answer, and its span is the value alone', () => {
    const result = '{"result": [1, 2] ,"jsonrpc":"2.0","id":"x"}'
    const answer = message(result)
    expect(answer.kind).toBe('result')
    expect(result.slice(answer.result?.start, answer.result?.end)).toBe('[1, 2]')
    const error = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}'
    const failure = message(error)
    expect(failure).toMatchObject({kind: 'error', id: null})
    expect(error.slice(failure.error?.start, failure.error?.end)).toBe('{"code":-32700,"message":"Parse error"}')
    expect(message('{"jsonrpc":"2.0","error":{"code":1,"message":""}}')).toMatchObject({kind: 'error', id: null})
  })

  it('may spell its keys and its method with escapes', () => {
    const {method, id} = message('{"\\u006asonrpc":"2\\u002e0","\\u0069d":3,"\\u006dethod":"tools\\/list"}')
    expect({method, id: id?.key}).toEqual({method: 'tools/list', id: 'n:3'})
  })

  it('may carry members that are not ours, and a literal null for no params', () => {
    expect(message('{"jsonrpc":"2.0","method":"ping","id":1,"x":{"id":2,"method":"y"},"params":null}')).toMatchObject({
      kind: 'request',
      method: 'ping',
      params: null,
    })
  })

  it('is scanned at its place in a larger buffer', () => {
    const within = Buffer.from('xx{"jsonrpc":"2.0","id":"é","method":"ping"}yy').subarray(2, -2)
    const result = scanMessage(within)
    expect(result.ok && result.message.id?.bytes.toString()).toBe('"é"')
  })
})

describe('the id of a message', () => {
  it.each([
    ['1', 'number', 'n:1'],
    ['0', 'number', 'n:0'],
    ['-7', 'number', 'n:-7'],
    ['1.0', 'number', 'n:1'],
    ['1.5', 'number', 'n:1.5'],
    ['1e3', 'number', 'n:1e3'],
    ['1152921504606846977', 'number', 'n:1152921504606846977'],
    ['123456789012345', 'number', 'n:123456789012345'],
    ['"abc"', 'string', 's:abc'],
    ['"a\\u0062c"', 'string', 's:abc'],
    ['"1"', 'string', 's:1'],
    ['""', 'string', 's:'],
    ['"\u00e9"', 'string', 's:é'],
  ])('%s is kept as it is spelt, and known as one key', (spelt, type, key) => {
    const {id} = message(`{"jsonrpc":"2.0","id":${spelt} ,"method":"ping"}`)
    expect({bytes: id?.bytes.toString(), type: id?.type, key: id?.key}).toEqual({bytes: spelt, type, key})
  })

  it.each(['null', '{}', '[]', '[1]', 'true', 'false'])('%s is refused', spelt => {
    expect(refusal(`{"jsonrpc":"2.0","id":${spelt},"method":"ping"}`)).toEqual({
      fault: 'invalid-envelope',
      why: 'id is neither a string nor a number',
      id: null,
    })
  })
})

describe('a message is refused as no valid envelope', () => {
  it.each([
    ['{"id":1,"method":"ping"}', 'jsonrpc is missing', '1'],
    ['{"jsonrpc":"1.0","id":1,"method":"ping"}', 'jsonrpc is not "2.0"', '1'],
    ['{"jsonrpc":2.0,"id":1,"method":"ping"}', 'jsonrpc is not "2.0"', '1'],
    ['{"jsonrpc":"2.0","id":"a","method":1}', 'method is not a string', '"a"'],
    ['{"jsonrpc":"2.0","id":1,"method":null}', 'method is not a string', '1'],
    ['{"jsonrpc":"2.0","id":1}', 'neither a method nor an answer', '1'],
    ['{"jsonrpc":"2.0"}', 'neither a method nor an answer', null],
    ['{}', 'jsonrpc is missing', null],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', 'both a method and an answer', '1'],
    ['{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', 'both a result and an error', '1'],
    ['{"jsonrpc":"2.0","result":{}}', 'an answer without an id', null],
    ['{"jsonrpc":"2.0","id":null,"result":{}}', 'id is neither a string nor a number', null],
    ['{"jsonrpc":"2.0","id":{},"error":{}}', 'id is neither a string nor a number', null],
    ['{"jsonrpc":"2.0","id":1,"error":"x"}', 'error is not an object', '1'],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', 'params is not an object', '1'],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}', 'params is not an object', '1'],
  ])('%s: %s', (text, why, id) => {
    expect(refusal(text)).toEqual({fault: 'invalid-envelope', why, id})
  })

  it.each(['1', '"x"', 'null', 'true'])('and %s is not even an object', text => {
    expect(refusal(text).fault).toBe('not-an-object')
  })
})

describe('a key that stands twice', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}', 'the key method stands there twice', '1'],
    ['{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"a"}', 'the key jsonrpc stands there twice', '1'],
    ['{"jsonrpc":"2.0","id":1,"method":"a","\\u006dethod":"b"}', 'the key method stands there twice', '1'],
    ['{"jsonrpc":"2.0","id":1,"method":"a","Method":"b"}', 'the key method stands there twice', '1'],
    ['{"jsonrpc":"2.0","id":1,"method":"a","params":{},"param\u017f":{}}', 'the key params stands there twice', '1'],
    ['{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}', 'the key id stands there twice', null],
    ['{"jsonrpc":"2.0","id":1,"ID":2,"method":"a"}', 'the key id stands there twice', null],
    ['{"jsonrpc":"2.0","id":1,"result":{},"result":{}}', 'the key result stands there twice', '1'],
    ['{"jsonrpc":"2.0","id":1,"error":{},"error":{}}', 'the key error stands there twice', '1'],
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"x","name":"y"}}',
      'the key params.name stands there twice',
      '1',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"x","n\\u0061me":"y"}}',
      'the key params.name stands there twice',
      '1',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"x","NAME":"y"}}',
      'the key params.name stands there twice',
      '1',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"uri":"x","uri":"y"}}',
      'the key params.uri stands there twice',
      '1',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"_meta":{},"_meta":{}}}',
      'the key params._meta stands there twice',
      '1',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"cursor":"","cursor":""}}',
      'the key params.cursor stands there twice',
      '1',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"arguments":{},"arguments":{}}}',
      'the key params.arguments stands there twice',
      '1',
    ],
  ])('is refused: %s', (text, why, id) => {
    expect(refusal(text)).toEqual({fault: 'duplicate-key', why, id})
  })

  it('elsewhere is none of our business', () => {
    const text =
      '{"jsonrpc":"2.0","id":1,"x":1,"x":2,"method":"a","params":{"y":1,"y":2,"arguments":{"name":1,"name":2,"id":1,"id":2}}}'
    expect(message(text).kind).toBe('request')
    expect(message('{"jsonrpc":"2.0","id":1,"result":{"name":1,"name":2}}').kind).toBe('result')
  })
})

describe('a document that cannot be read', () => {
  it('is malformed, with the id when one was whole before the fault', () => {
    expect(refusal('{"jsonrpc":"2.0","id":7,"method":"a",}')).toEqual({
      fault: 'malformed',
      why: "unexpected '}' at byte 37",
      id: '7',
    })
    expect(refusal('not json')).toMatchObject({fault: 'malformed', id: null})
    expect(refusal('')).toMatchObject({fault: 'malformed', id: null})
    expect(refusal('{"jsonrpc":"2.0","id":1,"method":"a"}{}')).toMatchObject({fault: 'malformed'})
    expect(refusal('\ufeff{"jsonrpc":"2.0","id":1,"method":"a"}')).toMatchObject({
      fault: 'malformed',
      why: expect.stringContaining('byte order mark'),
    })
  })

  it('gives no id that may have been cut off', () => {
    expect(refusal('{"jsonrpc":"2.0","id":12').id).toBeNull()
  })

  it('is invalid UTF-8 wherever the bytes are, with the id unless that is what is broken', () => {
    const broken = (text: string) => Buffer.from(text, 'latin1')
    expect(refusal(broken('{"jsonrpc":"2.0","id":1,"method":"\xff"}'))).toMatchObject({fault: 'invalid-utf8', id: '1'})
    expect(refusal(broken('{"jsonrpc":"2.0","id":"\xff","method":"a"}'))).toMatchObject({
      fault: 'invalid-utf8',
      id: null,
    })
    expect(refusal(broken('[{"jsonrpc":"2.0","id":1,"method":"\xc0\xaf"}]'))).toMatchObject({fault: 'invalid-utf8'})
  })

  it.each([600, 20_000, 200_000])('is too deep at %i levels, and its id is found before or behind the depth', depth => {
    const deep = '['.repeat(depth) + ']'.repeat(depth)
    expect(refusal(`{"jsonrpc":"2.0","id":"q","method":"a","params":{"x":${deep}}}`)).toMatchObject({
      fault: 'too-deep',
      id: '"q"',
    })
    expect(refusal(`{"params":{"x":${deep}},"jsonrpc":"2.0","method":"a","id":9}`)).toMatchObject({
      fault: 'too-deep',
      id: '9',
    })
    expect(refusal(`{"x":{"id":3,"y":${deep}},"jsonrpc":"2.0","method":"a"}`)).toMatchObject({
      fault: 'too-deep',
      id: null,
    })
    expect(refusal(deep)).toMatchObject({fault: 'too-deep', id: null})
  })

  it('counts the message and its params as levels', () => {
    const text = '{"jsonrpc":"2.0","id":1,"method":"a","params":{"arguments":[]}}'
    expect(scanMessage(Buffer.from(text), {maxDepth: 3}).ok).toBe(true)
    expect(refusal(text, {maxDepth: 2})).toMatchObject({fault: 'too-deep', id: '1'})
  })
})

describe('a batch', () => {
  it('gives its elements, each a message of its own', () => {
    const bytes = Buffer.from(' [ {"jsonrpc":"2.0","id":1,"method":"ping"} ,{"jsonrpc":"2.0","method":"n"}, 5 ] ')
    const result = scanMessage(bytes)
    if (result.ok || result.fault !== 'batch') throw new Error('no batch')
    expect(result.elements.map(({start, end}) => bytes.toString('utf8', start, end))).toEqual([
      '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      '{"jsonrpc":"2.0","method":"n"}',
      '5',
    ])
  })

  it('that is empty or too long has none, and says which', () => {
    expect(scanMessage(Buffer.from('[]'))).toMatchObject({fault: 'batch', why: 'an empty batch', elements: []})
    expect(scanMessage(Buffer.from('[1,2,3]'), {maxBatch: 2})).toMatchObject({
      fault: 'batch',
      why: 'a batch of 3, over 2',
      elements: [],
    })
    expect(scanMessage(Buffer.from('[1,2]'), {maxBatch: 2})).toMatchObject({fault: 'batch', elements: [{}, {}]})
  })

  it('that is not whole is malformed', () => {
    expect(refusal('[{"jsonrpc":"2.0","id":1,"method":"ping"},').fault).toBe('malformed')
    expect(refusal('[1,]').fault).toBe('malformed')
    expect(refusal('[1]]').fault).toBe('malformed')
  })
})

describe('for any request', () => {
  it('the scan gives what was put in, whatever the order, the layout and the params', () => {
    const id = fc.oneof(fc.string(), fc.integer(), fc.double({noNaN: true, noDefaultInfinity: true}))
    const params = fc.dictionary(fc.string(), fc.jsonValue(), {noNullPrototype: true})
    fc.assert(
      fc.property(
        fc.string(),
        id,
        params,
        fc.constantFrom(0, 2, '\t'),
        fc.infiniteStream(fc.nat()),
        (method, idValue, paramsValue, indent, order) => {
          const entries = Object.entries({jsonrpc: '2.0', id: idValue, method, params: paramsValue, other: [idValue]})
          const shuffled = entries.map(entry => ({entry, at: order.next().value as number})).sort((a, b) => a.at - b.at)
          const text = JSON.stringify(Object.fromEntries(shuffled.map(({entry}) => entry)), null, indent)
          const bytes = Buffer.from(text)
          const scanned = scanMessage(bytes)
          const hit = scanned.ok ? scanned.message : undefined
          expect(hit?.kind).toBe('request')
          expect(hit?.method).toBe(Buffer.from(method).toString())
          expect(hit?.id?.bytes.toString()).toBe(Buffer.from(JSON.stringify(idValue)).toString())
          expect(JSON.parse(bytes.toString('utf8', hit?.params?.start, hit?.params?.end))).toEqual(
            JSON.parse(JSON.stringify(paramsValue)),
          )
        },
      ),
    )
  })

  it('a broken byte never throws and never passes for what it is not', () => {
    const whole = Buffer.from(
      '{"jsonrpc":"2.0","id":"a\\n","method":"tools/call","params":{"name":"n","_meta":{"t":1}}}',
    )
    fc.assert(
      fc.property(fc.nat({max: whole.length - 1}), fc.integer({min: 0, max: 255}), (at, byte) => {
        const bytes = Buffer.from(whole)
        bytes[at] = byte
        const result = scanMessage(bytes)
        if (result.ok) {
          const value = JSON.parse(bytes.toString())
          expect(value.method ?? null).toBe(result.message.method)
          expect(value.id === undefined).toBe(result.message.id === null)
        } else expect(['malformed', 'invalid-utf8', 'invalid-envelope']).toContain(result.fault)
      }),
      {numRuns: 5000},
    )
  })
})
