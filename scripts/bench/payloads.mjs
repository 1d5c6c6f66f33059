/** The bytes of the benchmark: a call of 288 B, its answer of 1,027 B, and a list of 100 tools. */

export const CALL_BYTES = 288
export const ANSWER_BYTES = 1_027
export const LISTED_TOOLS = 100
/** Of a server that is one of many. */
export const FEW_TOOLS = 10
/** Ids have eight digits, so that every request has the same length. */
export const FIRST_ID = 10_000_000

/** `make(filler)` grown with filler until it has `bytes` bytes. */
function padded(bytes, make) {
  const bare = Buffer.byteLength(make(''))
  return make('x'.repeat(Math.max(0, bytes - bare)))
}

export const callBody = padded(
  CALL_BYTES,
  text =>
    `{"jsonrpc":"2.0","id":${FIRST_ID},"method":"tools/call","params":{"name":"echo","arguments":{"text":"${text}"}}}`,
)
export const listBody = `{"jsonrpc":"2.0","id":${FIRST_ID},"method":"tools/list"}`

/** The same call as mcp-hub takes it: its endpoint for tools is a REST call. */
export const hubCallBody = padded(
  CALL_BYTES,
  text => `{"server_name":"be","tool":"echo","arguments":{"text":"${text}"}}`,
)

const answer = result => [`{"jsonrpc":"2.0","id":`, `,"result":${result}}`]
export const answerText = padded(ANSWER_BYTES, text => answer(textResult(text)).join(String(FIRST_ID))).match(
  /x{9,}/,
)[0]

function textResult(text) {
  return `{"content":[{"type":"text","text":"${text}"}]}`
}

const tools = Array.from({length: LISTED_TOOLS}, (_, index) => ({
  name: index === 0 ? 'echo' : `tool_${index}`,
  description: `Tool ${index} of a backend with many tools. ${'It does what its name says. '.repeat(6)}`,
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries(
      ['text', 'path', 'limit', 'cursor'].map(name => [
        name,
        {type: 'string', description: `the ${name} of tool ${index}`},
      ]),
    ),
    required: ['text'],
  },
}))

/** The version that was asked for: old clients refuse a newer one. */
const initializeResult = protocolVersion =>
  JSON.stringify({protocolVersion, capabilities: {tools: {}}, serverInfo: {name: 'bench-backend', version: '1.0.0'}})

/** By method: what stands before and after the id of the answer. */
const answers = {
  'tools/call': answer(textResult(answerText)),
  'tools/list': answer(JSON.stringify({tools})),
  ping: answer('{}'),
}
const fewTools = answer(JSON.stringify({tools: tools.slice(0, FEW_TOOLS)}))
const unknownMethod = ['{"jsonrpc":"2.0","id":', ',"error":{"code":-32601,"message":"Method not found"}}']

/** The answer to one message as text, or undefined for a notification. @param few lists ten tools only */
export function answerTo(text, few = false) {
  const {id, method, params} = JSON.parse(text)
  if (id === undefined || method === undefined) return undefined
  const [before, after] =
    method === 'initialize'
      ? answer(initializeResult(params.protocolVersion))
      : few && method === 'tools/list'
        ? fewTools
        : (answers[method] ?? unknownMethod)
  return before + JSON.stringify(id) + after
}
