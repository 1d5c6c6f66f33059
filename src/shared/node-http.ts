import type http from 'node:http'

/**
 * `node:http` to call. An `import` of it would read every name it exports, also the lazy `WebSocket`, for which Node loads
 * its inner undici: 30 ms of each command's start, for nothing. (Types are imported as usual.)
 */
export const nodeHttp: typeof http = process.getBuiltinModule('node:http')
