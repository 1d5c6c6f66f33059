import {tellsSecret} from './telling-names.ts'

const mask = '‹secret:format›'

interface Format {
  /** What a text with it holds: most hold none, and are not looked through further. */
  readonly hint: RegExp
  /** What stays, then what is hidden. */
  readonly found: RegExp
  /** Only where the name, which is found as well, says so. */
  readonly ifTelling?: true
}

/** What is a secret by its form, whoever wrote it. Each is linear in the length of the text. */
const formats: readonly Format[] = [
  // RFC 6750, RFC 7617. With a digit in it: `Bearer authentication` is none.
  {hint: /bearer|basic/i, found: /(\b(?:bearer|basic)\s{1,4})(?=[^\s\d]{0,200}\d)[\w.~+/=-]{12,}/gi},
  // RFC 7519: the head of a JWT is an object, in base64 `eyJ`.
  {hint: /eyJ/, found: /(\b)eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]+/g},
  // RFC 3986, 3.2.1: the user info of a URL.
  {hint: /:\/\/[^/]*@/, found: /(\b[a-z][a-z\d+.-]{0,40}:\/\/)(?!\*)[^\s/?#@"'<>\\]{1,512}(?=@)/gi},
  {hint: /[?&][\w-]{2,64}=/, found: /([?&]([\w-]{2,64})=)(?!\*)[^&#\s"'<>\\]+/g, ifTelling: true},
]

/** Credentials in a form that tells them, which nobody here knew before. */
export function withoutFormats(text: string, count: () => void): string {
  let output = text
  for (const {hint, found, ifTelling} of formats) {
    if (!hint.test(output)) continue
    output = output.replace(found, (all: string, before: string, name: unknown) => {
      if (ifTelling && !tellsSecret(String(name))) return all
      count()
      return `${before}${mask}`
    })
  }
  return output
}

/** A URI of somebody else for people: no user info, and no value of a query parameter whose name tells a secret. */
export function shownUri(uri: string): string {
  if (!/[?@]/.test(uri)) return uri
  return uri
    .replace(/^([^/?#]{0,200}:\/\/)[^/?#]*@/, '$1***@')
    .replace(/([?&])([^=&#]{1,200})=[^&#]+/g, (pair, mark: string, name: string) =>
      tellsSecret(name) ? `${mark}${name}=***` : pair,
    )
}
