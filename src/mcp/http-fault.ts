/** The peer broke HTTP/1.1, or the connection. */
export class HttpFault extends Error {
  readonly code: string

  constructor(
    code: 'CLOSED_EARLY' | 'CONNECT_TIMEOUT' | 'HEAD_TOO_LARGE' | 'BAD_RESPONSE' | 'BAD_REQUEST',
    message: string,
  ) {
    super(message)
    this.name = 'HttpFault'
    this.code = code
  }
}
